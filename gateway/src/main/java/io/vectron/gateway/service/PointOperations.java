package io.vectron.gateway.service;

import com.google.protobuf.Message;
import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.fresh.EndPoller;
import io.vectron.gateway.fresh.FollowedLog;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.route.Routes;
import io.vectron.gateway.search.FanOut;
import io.vectron.gateway.search.MinPositions;
import io.vectron.gateway.search.NearestFirst;
import io.vectron.gateway.search.ShardGets;
import io.vectron.gateway.search.ShardSearch;
import io.vectron.gateway.service.Admission.Place;
import io.vectron.gateway.write.LogAppend;
import io.vectron.gateway.write.LogWriter;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.DeleteResponse;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.ScoredPoint;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.UpsertResponse;
import io.vectron.proto.worker.v1.FoundPoint;
import io.vectron.proto.worker.v1.Hit;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Writes, reads and searches points. Every protocol of the gateway stands on this class. Calls
 * block until they are answered, at most until their deadline; call them on virtual threads.
 */
public final class PointOperations {

    private final Routes routes;
    private final PointWrites writes;
    private final FanOut fanOut;
    private final EndPoller ends;
    private final Deadlines deadlines;
    private final Duration firstWait;
    private final Admission admission;

    /** Stands on parts that the caller starts and closes. */
    public PointOperations(
            Routes routes,
            LogWriter log,
            FanOut fanOut,
            EndPoller ends,
            Admission admission,
            GatewayConfig config) {
        this.routes = routes;
        this.writes = new PointWrites(log);
        this.fanOut = fanOut;
        this.ends = ends;
        this.deadlines = config.deadlines();
        this.firstWait = config.freshness().firstWait();
        this.admission = admission;
    }

    /**
     * Writes points. All are validated before the first is written; a point that Kafka does not
     * acknowledge in time is a failure of its own in the answer.
     *
     * @throws VectronException REQUEST_TOO_LARGE, NO_POINTS, TOO_MANY_POINTS, INVALID_ID,
     *     INVALID_POINT (metadata {@code rule}, {@code id}), OVERLOADED, or as {@link
     *     Routes#ready}: nothing was written
     */
    public UpsertResponse upsert(UpsertRequest request, Deadline deadline) {
        RequestLimits.requireSize(request);
        try (Place _ = admission.enter(request.getSerializedSize())) {
            CollectionRoute route = routes.ready(request.getCollection());
            RequestLimits.requireCount(request.getPointsCount(), "points");
            List<LogAppend> records = PointWrites.upserts(route, request.getPointsList());
            return UpsertResponse.newBuilder()
                    .addAllResults(writes.append(route, records, deadlines.ofWork(deadline)))
                    .build();
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Deletes points, whether they exist or not.
     *
     * @throws VectronException as {@link #upsert}, but for INVALID_POINT
     */
    public DeleteResponse delete(DeleteRequest request, Deadline deadline) {
        RequestLimits.requireSize(request);
        try (Place _ = admission.enter(request.getSerializedSize())) {
            CollectionRoute route = routes.ready(request.getCollection());
            RequestLimits.requireCount(request.getIdsCount(), "ids");
            List<LogAppend> records = PointWrites.deletes(route, request.getIdsList());
            return DeleteResponse.newBuilder()
                    .addAllResults(writes.append(route, records, deadlines.ofWork(deadline)))
                    .build();
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Reads points by id, in the order of the request; ids that do not exist are left out.
     *
     * @throws VectronException REQUEST_TOO_LARGE, NO_POINTS, TOO_MANY_POINTS, INVALID_ID,
     *     INVALID_TOKEN, OVERLOADED, FRESHNESS_TIMEOUT (metadata {@code watermark.<shard>}),
     *     SHARD_UNAVAILABLE if a shard asked does not answer, or as {@link Routes#ready}
     */
    public GetResponse get(GetRequest request, Deadline deadline) {
        RequestLimits.requireSize(request);
        try (Place _ = admission.enter(0)) {
            CollectionRoute route = routes.ready(request.getCollection());
            RequestLimits.requireCount(request.getIdsCount(), "ids");
            PointWrites.requireIds(route, request.getIdsList());
            MinPositions wanted = MinPositions.of(request.getReadMode(), route);
            FollowedLog log = ends.follow(route.topic(), route.facts().getShards());

            Map<Integer, Set<String>> byShard = new TreeMap<>();
            for (String id : request.getIdsList()) {
                byShard.computeIfAbsent(route.partition(id), shard -> new LinkedHashSet<>())
                        .add(id);
            }
            ShardGets gets = new ShardGets(byShard, request.getWithoutVectors(), wanted);
            ReadOutcome<FoundPoint> outcome =
                    ReadOutcome.of(fanOut.ask(route, byShard.keySet(), gets, deadline), wanted);
            outcome.requireAll();

            Map<String, FoundPoint> found = new HashMap<>();
            outcome.found().forEach(points -> points.forEach(one -> found.put(one.getId(), one)));
            GetResponse.Builder response = GetResponse.newBuilder();
            for (String id : request.getIdsList()) {
                FoundPoint point = found.get(id);
                if (point != null) {
                    response.addPoints(stored(point));
                }
            }
            log.awaitFirstLook(patience(deadline));
            return requireSize(response.setFreshness(outcome.freshness(log)).build());
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Finds the points nearest to a vector over all shards.
     *
     * @throws VectronException REQUEST_TOO_LARGE, INVALID_TOP_K, INVALID_EF, INVALID_QUERY_VECTOR,
     *     UNKNOWN_VECTOR, INVALID_TOKEN, OVERLOADED, FRESHNESS_TIMEOUT (metadata {@code
     *     watermark.<shard>}), SHARD_UNAVAILABLE if no shard answers or one with a token does not,
     *     or as {@link Routes#ready}
     */
    public SearchResponse search(SearchRequest request, Deadline deadline) {
        RequestLimits.requireSize(request);
        try (Place _ = admission.enter(0)) {
            CollectionRoute route = routes.ready(request.getCollection());
            List<Float> vector = SearchRules.check(request, route.facts());
            MinPositions wanted = MinPositions.of(request.getReadMode(), route);
            int shards = route.facts().getShards();
            FollowedLog log = ends.follow(route.topic(), shards);

            Set<Integer> all = new TreeSet<>(IntStream.range(0, shards).boxed().toList());
            ShardSearch search = new ShardSearch(query(request, vector), wanted);
            ReadOutcome<Hit> outcome =
                    ReadOutcome.of(fanOut.ask(route, all, search, deadline), wanted);

            SearchResponse.Builder response =
                    SearchResponse.newBuilder()
                            .setShardsAsked(shards)
                            .setShardsAnswered(outcome.watermarks().size())
                            .setPartial(!outcome.missing().isEmpty());
            for (Hit hit : NearestFirst.merge(outcome.found(), request.getTopK())) {
                response.addResults(scored(hit));
            }
            log.awaitFirstLook(patience(deadline));
            return requireSize(response.setFreshness(outcome.freshness(log)).build());
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    private static io.vectron.proto.worker.v1.SearchRequest query(
            SearchRequest request, List<Float> vector) {
        return io.vectron.proto.worker.v1.SearchRequest.newBuilder()
                .addAllVector(vector)
                .setTopK(request.getTopK())
                .setEf(request.getEf())
                .setExact(request.getExact())
                .setWithPayload(request.getWithPayload())
                .setWithVectors(request.getWithVectors())
                .build();
    }

    private static ScoredPoint scored(Hit hit) {
        ScoredPoint.Builder point =
                ScoredPoint.newBuilder()
                        .setId(hit.getId())
                        .setScore(hit.getScore())
                        .setDistance(hit.getDistance())
                        .setVersion(hit.getVersion());
        if (hit.hasPoint()) {
            point.setPoint(hit.getPoint());
        }
        return point.build();
    }

    private static StoredPoint stored(FoundPoint point) {
        return StoredPoint.newBuilder()
                .setId(point.getId())
                .setVersion(point.getVersion())
                .setPoint(point.getPoint())
                .build();
    }

    /** How long an answer that is complete but for its time may wait for that. */
    private Duration patience(Deadline deadline) {
        // Half of what is left: the answer itself must not be lost for its time.
        long leftNanos = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)) / 2;
        return Duration.ofNanos(Math.min(firstWait.toNanos(), leftNanos));
    }

    private static <T extends Message> T requireSize(T response) {
        if (response.getSerializedSize() > Limits.MESSAGE_BYTES) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    "the answer has "
                            + response.getSerializedSize()
                            + " bytes; at most "
                            + Limits.MESSAGE_BYTES
                            + ": ask for fewer points, or without vectors");
        }
        return response;
    }

    private static VectronException stopped() {
        Thread.currentThread().interrupt();
        return new VectronException(ErrorCode.SHUTTING_DOWN, "the gateway is stopping");
    }
}
