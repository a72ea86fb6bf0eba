package io.vectron.gateway.trace;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.gateway.letter.LetterMessages;
import io.vectron.gateway.log.LogEntry;
import io.vectron.proto.v1.LoggedRecord;
import io.vectron.proto.v1.RecordKind;

/** What records of a collection's topic do. Pure. */
public final class RecordKinds {

    private static final ByteString BARRIER_KEY = ByteString.copyFromUtf8(Headers.BARRIER_KEY);

    private RecordKinds() {}

    /** What a record does, if it is accepted. */
    public static RecordKind of(LogEntry entry) {
        if (entry.value() == null) {
            return RecordKind.RECORD_KIND_TOMBSTONE;
        }
        boolean barrier =
                BARRIER_KEY.equals(entry.key())
                        && Headers.BARRIER.equals(entry.header(Headers.KIND));
        return barrier ? RecordKind.RECORD_KIND_BARRIER : RecordKind.RECORD_KIND_VALUE;
    }

    /** A record without its key and value. */
    static LoggedRecord describe(LogEntry entry) {
        ByteString value = entry.value();
        return LoggedRecord.newBuilder()
                .setOffset(entry.offset())
                .setAt(LetterMessages.timestamp(entry.at()))
                .setKind(of(entry))
                .setValueBytes(value == null ? 0 : value.size())
                .build();
    }
}
