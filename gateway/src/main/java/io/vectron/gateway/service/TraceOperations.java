package io.vectron.gateway.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.log.WriteToken;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.fresh.EndPoller;
import io.vectron.gateway.fresh.FollowedLog;
import io.vectron.gateway.fresh.GatewayClock;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.letter.LetterMessages;
import io.vectron.gateway.log.LogEntry;
import io.vectron.gateway.log.LogReader;
import io.vectron.gateway.log.LogReader.Visibility;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.log.LogSession.Limits;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.route.Routes;
import io.vectron.gateway.search.FanOut;
import io.vectron.gateway.search.MinPositions;
import io.vectron.gateway.search.ShardGets;
import io.vectron.gateway.service.Admission.Place;
import io.vectron.gateway.trace.LetterLookup;
import io.vectron.gateway.trace.PointHistory;
import io.vectron.gateway.trace.RecordKinds;
import io.vectron.gateway.trace.ShardTraces;
import io.vectron.gateway.trace.Stages;
import io.vectron.gateway.trace.Verdict;
import io.vectron.proto.v1.RecordKind;
import io.vectron.proto.v1.TracePointRequest;
import io.vectron.proto.v1.TracePointResponse;
import io.vectron.proto.v1.TraceWriteRequest;
import io.vectron.proto.v1.TraceWriteResponse;
import io.vectron.proto.worker.v1.FoundPoint;
import io.vectron.proto.worker.v1.RecordJourney;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells where writes are. Every protocol of the gateway stands on this class. Calls block until
 * they are answered, at most until their deadline; call them on virtual threads.
 */
public final class TraceOperations {

    private static final int DEFAULT_RECORDS = 20;
    private static final int MOST_RECORDS = 1_000;
    private static final Limits ONE = new Limits(1, Long.MAX_VALUE);

    private final Routes routes;
    private final LogReader reader;
    private final FanOut fanOut;
    private final ShardTraces traces;
    private final EndPoller ends;
    private final GatewayClock clock;
    private final Deadlines deadlines;
    private final Duration firstWait;
    private final Limits read;
    private final Admission admission;

    /** Parts that the caller starts and closes. */
    public record Parts(
            Routes routes,
            LogReader reader,
            FanOut fanOut,
            ShardTraces traces,
            EndPoller ends,
            GatewayClock clock,
            Admission admission) {}

    /** Stands on these parts. */
    public TraceOperations(Parts parts, GatewayConfig config) {
        this.routes = parts.routes();
        this.reader = parts.reader();
        this.fanOut = parts.fanOut();
        this.traces = parts.traces();
        this.ends = parts.ends();
        this.clock = parts.clock();
        this.admission = parts.admission();
        this.deadlines = config.deadlines();
        this.firstWait = config.freshness().firstWait();
        this.read = new Limits(config.lookups().records(), config.lookups().readBytes());
    }

    /**
     * Follows one record from the log to the index.
     *
     * @throws VectronException INVALID_TOKEN, OVERLOADED, LOG_UNAVAILABLE, SHARD_UNAVAILABLE if the
     *     shard's leader does not answer, or as {@link Routes#ready}
     */
    public TraceWriteResponse traceWrite(TraceWriteRequest request, Deadline deadline) {
        try (Place _ = admission.enter(0)) {
            CollectionRoute route = routes.ready(request.getCollection());
            WriteToken token = MinPositions.token(request.getToken(), route, "token");
            Deadline work = deadlines.ofWork(deadline);
            try (LogSession session = reader.open(Visibility.COMMITTED, work)) {
                return traceWrite(route, token, session, work);
            }
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    private TraceWriteResponse traceWrite(
            CollectionRoute route, WriteToken token, LogSession session, Deadline deadline)
            throws InterruptedException {
        LogPartition partition = new LogPartition(route.topic(), token.partition());
        long offset = token.offset();
        LogSession.Span span = session.span(partition);
        TraceWriteResponse.Builder response =
                TraceWriteResponse.newBuilder()
                        .setToken(
                                new WriteToken(
                                                route.topicId(),
                                                route.topic(),
                                                token.partition(),
                                                offset,
                                                token.leaderEpoch())
                                        .toProto());
        // First the log, then the shard: what the shard has passed must be in the log.
        LogEntry next = offset < span.end() ? firstFrom(session, partition, offset, span) : null;
        RecordJourney journey = traces.of(route.shards().get(token.partition()), offset, deadline);
        response.setPosition(journey.getPosition());
        if (offset >= span.end()) {
            return response.build();
        }
        LogEntry record = next != null && next.offset() == offset ? next : null;
        if (record != null) {
            response.setKind(RecordKinds.of(record))
                    .setPointId(LetterMessages.pointId(record.key(), route));
        } else if (wasAborted(partition, offset, deadline)) {
            return response.setAborted(true).build();
        } else {
            response.setCompacted(true);
        }
        // A record behind it was logged later.
        Instant at = next == null ? clock.now().wall() : next.at();
        Stages.Logged logged = new Stages.Logged(at, record == null);
        Verdict verdict =
                journey.getPosition() > offset
                        ? verdict(route, token, record, logged, journey, session, deadline)
                        : new Verdict.Unknown();
        return response.addAllStages(Stages.of(logged, offset, journey, verdict)).build();
    }

    private static @Nullable LogEntry firstFrom(
            LogSession session, LogPartition partition, long offset, LogSession.Span span) {
        AtomicReference<@Nullable LogEntry> found = new AtomicReference<>();
        long from = Math.max(offset, span.begin());
        long reached =
                session.scan(
                        partition,
                        from,
                        span.end(),
                        ONE,
                        entry -> {
                            found.set(entry);
                            return false;
                        });
        if (reached < span.end() && found.get() == null) {
            throw new VectronException(
                    ErrorCode.DEADLINE_EXCEEDED, "the log could not be read within the deadline");
        }
        return found.get();
    }

    private boolean wasAborted(LogPartition partition, long offset, Deadline deadline) {
        try (LogSession session = reader.open(Visibility.ALL, deadline)) {
            return session.at(partition, offset) != null;
        }
    }

    private Verdict verdict(
            CollectionRoute route,
            WriteToken token,
            @Nullable LogEntry record,
            Stages.Logged logged,
            RecordJourney journey,
            LogSession session,
            Deadline deadline)
            throws InterruptedException {
        Verdict told = Verdict.of(journey);
        if (!(told instanceof Verdict.Unknown)) {
            return told;
        }
        if (record != null && isCurrentOrBarrier(route, record, deadline)) {
            return new Verdict.Accepted(null);
        }
        return LetterLookup.find(
                session,
                route.facts().getDeadLetterTopic(),
                token.partition(),
                token.offset(),
                logged,
                clock.now().wall(),
                read);
    }

    /** Whether the record is accepted beyond doubt: its point is here, or it is a barrier. */
    private boolean isCurrentOrBarrier(CollectionRoute route, LogEntry record, Deadline deadline)
            throws InterruptedException {
        if (RecordKinds.of(record) == RecordKind.RECORD_KIND_BARRIER) {
            return true;
        }
        String id = LetterMessages.pointId(record.key(), route);
        if (id.isEmpty()) {
            return false;
        }
        for (List<FoundPoint> points : ask(route, id, deadline).found()) {
            for (FoundPoint point : points) {
                if (point.getVersion() == record.offset()) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Tells the current version of a point, and the records that the topic still has of it.
     *
     * @throws VectronException INVALID_ID, INVALID_REQUEST, OVERLOADED, LOG_UNAVAILABLE,
     *     SHARD_UNAVAILABLE, or as {@link Routes#ready}
     */
    public TracePointResponse tracePoint(TracePointRequest request, Deadline deadline) {
        try (Place _ = admission.enter(0)) {
            CollectionRoute route = routes.ready(request.getCollection());
            String id = request.getId();
            PointWrites.requireId(route, id);
            int limit = limit(request.getLimit());
            Deadline work = deadlines.ofWork(deadline);
            FollowedLog log = ends.follow(route.topic(), route.facts().getShards());
            int shard = route.partition(id);
            PointHistory history;
            try (LogSession session = reader.open(Visibility.COMMITTED, work)) {
                history =
                        PointHistory.of(
                                session,
                                new LogPartition(route.topic(), shard),
                                ByteString.copyFrom(id, UTF_8),
                                limit,
                                read);
            }
            ReadOutcome<FoundPoint> outcome = ask(route, id, work);
            TracePointResponse.Builder response =
                    TracePointResponse.newBuilder()
                            .setShard(shard)
                            .addAllRecords(history.records())
                            .setMore(history.more())
                            .setReadFrom(history.readFrom());
            outcome.found()
                    .forEach(points ->
                            points.forEach(point -> response.setVersion(point.getVersion())));
            long leftNanos = Math.max(0, work.timeRemaining(TimeUnit.NANOSECONDS)) / 2;
            log.awaitFirstLook(Duration.ofNanos(Math.min(firstWait.toNanos(), leftNanos)));
            return response.setFreshness(outcome.freshness(log)).build();
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    private ReadOutcome<FoundPoint> ask(CollectionRoute route, String id, Deadline deadline)
            throws InterruptedException {
        Map<Integer, Set<String>> byShard = Map.of(route.partition(id), Set.of(id));
        MinPositions any = new MinPositions(Map.of());
        ShardGets gets = new ShardGets(byShard, true, any);
        ReadOutcome<FoundPoint> outcome =
                ReadOutcome.of(fanOut.ask(route, byShard.keySet(), gets, deadline), any);
        outcome.requireAll();
        return outcome;
    }

    private static int limit(int asked) {
        if (asked < 0 || asked > MOST_RECORDS) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST, "limit", "at most " + MOST_RECORDS + " records");
        }
        return asked == 0 ? DEFAULT_RECORDS : asked;
    }

    private static VectronException stopped() {
        Thread.currentThread().interrupt();
        return new VectronException(ErrorCode.SHUTTING_DOWN, "the gateway is stopping");
    }
}
