package io.vectron.common.record;

import java.util.Arrays;

/**
 * The frame that serialisers of a schema registry put around a value: a zero byte, four bytes of
 * schema id, and for protobuf the path of the message within its schema as zigzag varints: a count
 * and that many indexes, where a single zero stands for the first message. Neither JSON nor a
 * protobuf message can start with a zero byte.
 */
final class SchemaRegistryFrame {
    private static final int HEADER_BYTES = 5;
    private static final int MAX_INDEXES = 32;
    private static final int MAX_VARINT_BYTES = 5;

    private final byte[] value;
    private int position = HEADER_BYTES;

    private SchemaRegistryFrame(byte[] value) {
        this.value = value;
    }

    static boolean opens(byte[] value) {
        return value.length > 0 && value[0] == 0;
    }

    /**
     * The JSON text in a frame, or whatever else follows the schema id.
     *
     * @throws RuleException SCHEMA_REGISTRY_FRAME
     */
    static byte[] body(byte[] value) {
        if (value.length < HEADER_BYTES) {
            throw malformed();
        }
        return Arrays.copyOfRange(value, HEADER_BYTES, value.length);
    }

    /**
     * The protobuf message in a frame.
     *
     * @throws RuleException SCHEMA_REGISTRY_FRAME
     */
    static byte[] protobufBody(byte[] value) {
        SchemaRegistryFrame frame = new SchemaRegistryFrame(value);
        int count = frame.index();
        if (count > MAX_INDEXES) {
            throw malformed();
        }
        for (int i = 0; i < count; i++) {
            frame.index();
        }
        return Arrays.copyOfRange(value, frame.position, value.length);
    }

    private int index() {
        long raw = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            if (position >= value.length) {
                throw malformed();
            }
            int next = value[position++];
            raw |= (long) (next & 0x7f) << (7 * i);
            if (next >= 0) {
                long index = (raw >>> 1) ^ -(raw & 1);
                if (index < 0 || index > Integer.MAX_VALUE) {
                    throw malformed();
                }
                return (int) index;
            }
        }
        throw malformed();
    }

    private static RuleException malformed() {
        return new RuleException(
                Rule.SCHEMA_REGISTRY_FRAME, "the schema registry's frame is cut off or malformed");
    }
}
