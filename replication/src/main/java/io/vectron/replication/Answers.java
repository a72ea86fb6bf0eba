package io.vectron.replication;

import java.nio.ByteBuffer;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * The answer to an entry on its way through Ratis, within this process: term and index, eight bytes
 * each, then the state's bytes. Ratis' own reply names the index but not the term.
 */
final class Answers {
    private static final int HEADER_BYTES = 2 * Long.BYTES;

    private Answers() {}

    static Message encode(RaftPosition at, byte[] answer) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + answer.length);
        bytes.putLong(at.term()).putLong(at.index()).put(answer).flip();
        return Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes));
    }

    /** Null if the message is none of ours: an entry skipped as one already applied has none. */
    static ProposeResult.@Nullable Applied decode(@Nullable Message message) {
        ByteString content = message == null ? ByteString.EMPTY : message.getContent();
        if (content.size() < HEADER_BYTES) {
            return null;
        }
        ByteBuffer bytes = content.asReadOnlyByteBuffer();
        RaftPosition at = new RaftPosition(bytes.getLong(), bytes.getLong());
        byte[] answer = new byte[bytes.remaining()];
        bytes.get(answer);
        return new ProposeResult.Applied(answer, at);
    }
}
