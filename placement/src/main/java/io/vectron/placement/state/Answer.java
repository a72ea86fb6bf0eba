package io.vectron.placement.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the state machine says to an entry. Part of no stored format: it travels from the state
 * machine to the proposer on the same member.
 */
public sealed interface Answer {
    /**
     * The entry holds, by this call or by an earlier one of the same content.
     *
     * @param viewVersion version of the cluster that shows it
     */
    record Done(long viewVersion) implements Answer {}

    /**
     * Another collection has the name.
     *
     * @param id its id
     */
    record NameTaken(String id) implements Answer {}

    /**
     * The collection moved on since the proposer looked.
     *
     * @param version its version now
     */
    record Conflict(long version) implements Answer {}

    /** There is no such collection, or no longer. */
    record Unknown() implements Answer {}

    /**
     * The entry asks for what can never be: a bug in the proposer.
     *
     * @param reason for people
     */
    record Invalid(String reason) implements Answer {}

    /** A tag byte and what belongs to it. */
    default byte[] toBytes() {
        return switch (this) {
            case Done done -> number((byte) 1, done.viewVersion());
            case NameTaken taken -> text((byte) 2, taken.id());
            case Conflict conflict -> number((byte) 3, conflict.version());
            case Unknown unknown -> new byte[] {4};
            case Invalid invalid -> text((byte) 5, invalid.reason());
        };
    }

    /** Reads what {@link #toBytes} wrote. */
    static Answer of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte tag = in.get();
        return switch (tag) {
            case 1 -> new Done(in.getLong());
            case 2 -> new NameTaken(StandardCharsets.UTF_8.decode(in).toString());
            case 3 -> new Conflict(in.getLong());
            case 4 -> new Unknown();
            case 5 -> new Invalid(StandardCharsets.UTF_8.decode(in).toString());
            default -> throw new IllegalArgumentException("no answer begins with " + tag);
        };
    }

    private static byte[] number(byte tag, long number) {
        return ByteBuffer.allocate(9).put(tag).putLong(number).array();
    }

    private static byte[] text(byte tag, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + utf8.length).put(tag).put(utf8).array();
    }
}
