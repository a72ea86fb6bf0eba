package io.vectron.gateway.service;

import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.log.WriteToken;
import io.vectron.common.record.RecordValidator;
import io.vectron.common.record.Rule;
import io.vectron.common.record.Validated;
import io.vectron.common.trace.TraceParent;
import io.vectron.common.trace.TraceScope;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.write.AppendOutcome;
import io.vectron.gateway.write.LogAppend;
import io.vectron.gateway.write.LogWriter;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.WriteFailure;
import io.vectron.proto.v1.WriteResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Validates writes, all before the first goes out, and appends them to the log. */
final class PointWrites {

    private static final Logger LOG = LoggerFactory.getLogger(PointWrites.class);
    private static final int SHOWN_ID_CHARACTERS = 64;

    private final LogWriter log;

    PointWrites(LogWriter log) {
        this.log = log;
    }

    /**
     * Judges points by the rules that the job will judge them by.
     *
     * @throws VectronException INVALID_ID or INVALID_POINT, naming the first point at fault
     */
    static List<LogAppend> upserts(CollectionRoute route, List<PointToWrite> points) {
        CollectionFacts facts = route.facts();
        RecordValidator validator = new RecordValidator(facts);
        List<LogAppend> records = new ArrayList<>(points.size());
        for (int i = 0; i < points.size(); i++) {
            PointToWrite point = points.get(i);
            switch (validator.validate(point.getId(), point.getPoint())) {
                case Validated.Upsert upsert ->
                        records.add(
                                new LogAppend(
                                        route.topic(),
                                        route.partition(upsert.id()),
                                        upsert.id(),
                                        upsert.point().byteString()));
                case Validated.Rejected rejected ->
                        throw refused(
                                rejected,
                                point.getId(),
                                PointFields.path(i, point.getPoint(), rejected.rule(), facts));
                case Validated.Delete delete -> throw new IllegalStateException(delete.toString());
                case Validated.Barrier barrier ->
                        throw new IllegalStateException(barrier.toString());
            }
        }
        return records;
    }

    /**
     * Judges ids to delete.
     *
     * @throws VectronException INVALID_ID, naming the first id at fault
     */
    static List<LogAppend> deletes(CollectionRoute route, List<String> ids) {
        requireIds(route, ids);
        List<LogAppend> records = new ArrayList<>(ids.size());
        for (String id : ids) {
            records.add(new LogAppend(route.topic(), route.partition(id), id, null));
        }
        return records;
    }

    /**
     * Refuses ids that no point could have.
     *
     * @throws VectronException INVALID_ID, naming the first id at fault
     */
    static void requireIds(CollectionRoute route, List<String> ids) {
        RecordValidator validator = new RecordValidator(route.facts());
        for (int i = 0; i < ids.size(); i++) {
            if (validator.validateId(ids.get(i)) instanceof Validated.Rejected rejected) {
                throw refused(rejected, ids.get(i), "ids[" + i + "]");
            }
        }
    }

    /**
     * Refuses an id that no point could have.
     *
     * @throws VectronException INVALID_ID
     */
    static void requireId(CollectionRoute route, String id) {
        RecordValidator validator = new RecordValidator(route.facts());
        if (validator.validateId(id) instanceof Validated.Rejected rejected) {
            throw refused(rejected, id, "id");
        }
    }

    /**
     * Appends, and says what became of each record. The caller's trace goes into each record, so
     * that it can be followed until it is applied.
     */
    List<WriteResult> append(CollectionRoute route, List<LogAppend> judged, Deadline deadline)
            throws InterruptedException {
        TraceParent trace = TraceScope.current();
        List<LogAppend> records = trace == null ? judged : traced(judged, trace);
        List<AppendOutcome> outcomes = log.append(records, deadline);
        List<WriteResult> results = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            results.add(result(route, records.get(i), outcomes.get(i)));
        }
        if (trace != null && trace.sampled()) {
            tell(records, outcomes);
        }
        return results;
    }

    private static List<LogAppend> traced(List<LogAppend> records, TraceParent trace) {
        LogHeader header = LogHeader.of(TraceParent.HEADER, trace.text());
        return records.stream().map(record -> record.with(header)).toList();
    }

    /** One line a request, whatever it wrote; the trace's id is on it. */
    private static void tell(List<LogAppend> records, List<AppendOutcome> outcomes) {
        int first = -1;
        int written = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof AppendOutcome.Appended) {
                first = first < 0 ? i : first;
                written++;
            }
        }
        if (first < 0) {
            LOG.warn("wrote none of {} records", records.size());
        } else if (outcomes.get(first) instanceof AppendOutcome.Appended appended) {
            LOG.info(
                    "wrote {} of {} records, the first to {}-{} at {}",
                    written,
                    records.size(),
                    records.get(first).topic(),
                    records.get(first).partition(),
                    appended.offset());
        }
    }

    private static WriteResult result(
            CollectionRoute route, LogAppend record, AppendOutcome outcome) {
        WriteResult.Builder result = WriteResult.newBuilder().setId(record.id());
        return switch (outcome) {
            case AppendOutcome.Appended appended ->
                    result.setToken(
                                    new WriteToken(
                                                    route.topicId(),
                                                    null,
                                                    record.partition(),
                                                    appended.offset(),
                                                    appended.leaderEpoch())
                                            .toProto())
                            .build();
            case AppendOutcome.Unacknowledged unknown ->
                    result.setFailure(failure(unknown.why() + "; it may be in the log or not"))
                            .build();
            case AppendOutcome.NotSent notSent ->
                    result.setFailure(failure(notSent.why() + "; it was not written")).build();
        };
    }

    private static WriteFailure failure(String message) {
        return WriteFailure.newBuilder()
                .setReason(ErrorCode.LOG_UNAVAILABLE.name())
                .setMessage(message)
                .build();
    }

    private static VectronException refused(Validated.Rejected rejected, String id, String field) {
        Map<String, String> metadata = new HashMap<>();
        metadata.put("rule", rejected.rule().key());
        metadata.put(
                "id",
                id.length() <= SHOWN_ID_CHARACTERS
                        ? id
                        : id.substring(0, SHOWN_ID_CHARACTERS) + "…");
        return new VectronException(code(rejected.rule()), field, rejected.reason(), metadata);
    }

    private static ErrorCode code(Rule rule) {
        boolean id =
                rule == Rule.ID_MISSING
                        || rule == Rule.ID_TOO_LONG
                        || rule == Rule.ID_NOT_UTF8
                        || rule == Rule.ID_RESERVED;
        return id ? ErrorCode.INVALID_ID : ErrorCode.INVALID_POINT;
    }
}
