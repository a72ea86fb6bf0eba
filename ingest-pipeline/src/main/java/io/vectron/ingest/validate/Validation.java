package io.vectron.ingest.validate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.vectron.common.record.RecordValidator;
import io.vectron.common.record.Validated;
import io.vectron.common.trace.TraceParent;
import io.vectron.ingest.feed.Element;
import io.vectron.ingest.lane.DeadLetter;
import io.vectron.ingest.lane.LaneRecord;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Removal;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Turns a record and the validator's verdict into what a lane delivers. Stateless; any thread.
 */
public final class Validation {
    private Validation() {}

    /** The verdict on a record that was read. */
    public static Element.Judged judge(RecordValidator validator, Element.Fetched fetched) {
        ConsumerRecord<byte[], byte[]> record = fetched.record();
        Validated validated =
                validator.validate(
                        record.key(), record.value(), record.headers(), record.partition());
        LaneRecord judged =
                switch (validated) {
                    case Validated.Upsert upsert ->
                            LaneRecord.accepted(
                                    effect(record, upsert.id())
                                            .setPoint(upsert.point().byteString())
                                            .build());
                    case Validated.Delete delete ->
                            LaneRecord.accepted(
                                    removal(record, delete.id(), Removal.REMOVAL_TOMBSTONE));
                    case Validated.Barrier barrier -> LaneRecord.barrier(record.offset());
                    case Validated.Rejected rejected -> rejected(record, rejected);
                };
        return new Element.Judged(
                fetched.feed(),
                fetched.session(),
                fetched.logEnd(),
                judged.of(record.leaderEpoch().orElse(LaneRecord.NO_EPOCH))
                        .along(
                                new LaneRecord.Way(
                                        record.timestamp(),
                                        fetched.readAtMs(),
                                        System.currentTimeMillis(),
                                        traceparent(record))));
    }

    /** The trace that the producer recorded the record in; a broken header counts as none. */
    private static @Nullable String traceparent(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(TraceParent.HEADER);
        TraceParent trace = header == null ? null : TraceParent.parse(header.value());
        return trace == null || !trace.sampled() ? null : trace.text();
    }

    private static LaneRecord rejected(
            ConsumerRecord<byte[], byte[]> record, Validated.Rejected rejected) {
        DeadLetter letter =
                new DeadLetter(
                        record.offset(),
                        record.timestamp(),
                        rejected.rule().key(),
                        rejected.reason(),
                        original(record));
        // The law of compaction: the last record of an id decides alone, so a rejected one removes.
        LogRecord effect =
                rejected.id() == null
                        ? null
                        : removal(record, rejected.id(), Removal.REMOVAL_REJECTED);
        return LaneRecord.rejected(letter, effect);
    }

    private static LogRecord.Builder effect(ConsumerRecord<byte[], byte[]> record, String id) {
        return LogRecord.newBuilder().setOffset(record.offset()).setId(ByteString.copyFromUtf8(id));
    }

    private static LogRecord removal(
            ConsumerRecord<byte[], byte[]> record, String id, Removal removal) {
        return effect(record, id).setRemoval(removal).build();
    }

    private static DeadLetter.Original original(ConsumerRecord<byte[], byte[]> record) {
        List<DeadLetter.Header> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new DeadLetter.Header(header.key(), wrap(header.value())));
        }
        return new DeadLetter.Original(wrap(record.key()), wrap(record.value()), headers);
    }

    private static @Nullable ByteString wrap(byte @Nullable [] bytes) {
        // Kafka hands the arrays over and never touches them again.
        return bytes == null ? null : UnsafeByteOperations.unsafeWrap(bytes);
    }
}
