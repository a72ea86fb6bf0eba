package io.vectron.standalone.chaos;

import io.grpc.StatusRuntimeException;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.rpc.Channels;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.Freshness;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.PointServiceGrpc.PointServiceBlockingStub;
import io.vectron.proto.v1.PointToWrite;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.ScoredPoint;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.Watermark;
import io.vectron.proto.v1.WriteResult;
import io.vectron.proto.v1.WriteToken;
import io.vectron.standalone.history.Change;
import io.vectron.standalone.history.History;
import io.vectron.standalone.history.Operation.Read;
import io.vectron.standalone.history.Operation.ReadOutcome;
import io.vectron.standalone.history.Operation.ReadOutcome.Answer;
import io.vectron.standalone.history.Operation.ReadOutcome.Failed;
import io.vectron.standalone.history.Operation.Write;
import io.vectron.standalone.history.Operation.WriteOutcome;
import io.vectron.standalone.history.Operation.WriteOutcome.Acknowledged;
import io.vectron.standalone.history.Operation.WriteOutcome.Unanswered;
import io.vectron.standalone.history.Question;
import io.vectron.standalone.history.Shown;
import io.vectron.standalone.history.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A client of the gateway that writes down what it does and is told. Thread-safe. */
final class Recorder {
    /** More points than a run has keys. */
    static final int ALL = 5_000;

    private static final int NEAREST = 10;

    private final Channels channels;
    private final Subject subject;
    private final History history;
    private final AtomicLong stamps = new AtomicLong();
    // Strings of answers, so that each key is kept once.
    private final Map<String, String> names = new ConcurrentHashMap<>();

    Recorder(Channels channels, Subject subject, History history) {
        this.channels = channels;
        this.subject = subject;
        this.history = history;
    }

    /**
     * Gives each key a new value.
     *
     * @return offsets by shard of those that were acknowledged, the latest of each
     */
    Map<Integer, Long> put(String client, List<String> keys, Duration patience) {
        UpsertRequest.Builder request = UpsertRequest.newBuilder().setCollection(subject.name());
        List<Change> changes = new ArrayList<>();
        for (String key : keys) {
            long stamp = stamps.incrementAndGet();
            changes.add(new Change.Put(stamp));
            request.addPoints(PointToWrite.newBuilder().setId(key).setPoint(Values.point(stamp)));
        }
        return write(
                client,
                keys,
                changes,
                () -> points(patience).upsert(request.build()).getResultsList());
    }

    /** Removes keys; returns as {@link #put}. */
    Map<Integer, Long> delete(String client, List<String> keys, Duration patience) {
        DeleteRequest request =
                DeleteRequest.newBuilder().setCollection(subject.name()).addAllIds(keys).build();
        List<Change> changes = new ArrayList<>();
        keys.forEach(key -> changes.add(new Change.Delete()));
        return write(
                client, keys, changes, () -> points(patience).delete(request).getResultsList());
    }

    private Map<Integer, Long> write(
            String client,
            List<String> keys,
            List<Change> changes,
            Supplier<List<WriteResult>> call) {
        long begun = System.nanoTime();
        List<WriteOutcome> outcomes = new ArrayList<>();
        long ended;
        try {
            List<WriteResult> results = call.get();
            long atMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            ended = System.nanoTime();
            for (WriteResult result : results) {
                outcomes.add(
                        result.hasToken()
                                ? new Acknowledged(
                                        result.getToken().getPartition(),
                                        result.getToken().getOffset(),
                                        atMicros)
                                : new Unanswered(result.getFailure().getReason()));
            }
        } catch (StatusRuntimeException e) {
            ended = System.nanoTime();
            outcomes.clear();
            keys.forEach(key -> outcomes.add(new Unanswered(reason(e))));
        }
        Span span = new Span(begun, ended);
        Map<Integer, Long> offsets = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            Change change = changes.get(i);
            WriteOutcome outcome = outcomes.get(i);
            history.add(number -> new Write(number, client, span, key, change, outcome));
            if (outcome instanceof Acknowledged place) {
                offsets.merge(place.shard(), place.offset(), Math::max);
            }
        }
        return offsets;
    }

    /**
     * Searches or gets.
     *
     * @param floor offsets that the answer must include, by shard
     * @param seed chooses what the nearest are looked for to
     */
    Read read(
            String client,
            Question question,
            Map<Integer, Long> floor,
            long seed,
            boolean last,
            Duration patience) {
        long begun = System.nanoTime();
        ReadOutcome outcome;
        try {
            outcome =
                    switch (question) {
                        case Question.Nearest _ -> search(seed, false, floor, patience);
                        case Question.All _ -> search(seed, true, floor, patience);
                        case Question.Keys keys -> get(keys.keys(), floor, patience);
                    };
        } catch (StatusRuntimeException e) {
            outcome = new Failed(reason(e));
        }
        Span span = new Span(begun, System.nanoTime());
        ReadOutcome told = outcome;
        Read[] made = new Read[1];
        history.add(number -> {
            made[0] = new Read(number, client, span, question, floor, last, told);
            return made[0];
        });
        return made[0];
    }

    private ReadOutcome search(
            long seed, boolean all, Map<Integer, Long> floor, Duration patience) {
        DenseF32.Builder vector = DenseF32.newBuilder();
        for (float component : Values.vector(seed)) {
            vector.addValues(component);
        }
        SearchResponse found =
                points(patience)
                        .search(
                                SearchRequest.newBuilder()
                                        .setCollection(subject.name())
                                        .setVector(NamedVector.newBuilder().setF32(vector))
                                        .setTopK(all ? ALL : NEAREST)
                                        .setExact(all)
                                        .setWithPayload(true)
                                        .setWithVectors(true)
                                        .setReadMode(mode(floor))
                                        .build());
        if (found.getPartial()) {
            return new Failed("PARTIAL");
        }
        List<Shown> shown = new ArrayList<>();
        for (ScoredPoint hit : found.getResultsList()) {
            shown.add(shown(hit.getId(), hit.getVersion(), Values.stamp(hit.getPoint())));
        }
        return answer(found.getFreshness(), shown);
    }

    private ReadOutcome get(List<String> keys, Map<Integer, Long> floor, Duration patience) {
        GetResponse found =
                points(patience)
                        .get(
                                GetRequest.newBuilder()
                                        .setCollection(subject.name())
                                        .addAllIds(keys)
                                        .setReadMode(mode(floor))
                                        .build());
        List<Shown> shown = new ArrayList<>();
        for (StoredPoint point : found.getPointsList()) {
            shown.add(shown(point.getId(), point.getVersion(), Values.stamp(point.getPoint())));
        }
        return answer(found.getFreshness(), shown);
    }

    private static Answer answer(Freshness freshness, List<Shown> shown) {
        Map<Integer, Long> positions = new HashMap<>();
        for (Watermark mark : freshness.getWatermarksList()) {
            positions.put(mark.getShard(), mark.getPosition());
        }
        long fresh = Answer.NOT_SAID;
        if (freshness.hasFreshAsOf()) {
            Instant moment =
                    Instant.ofEpochSecond(
                            freshness.getFreshAsOf().getSeconds(),
                            freshness.getFreshAsOf().getNanos());
            fresh = ChronoUnit.MICROS.between(Instant.EPOCH, moment);
        }
        return new Answer(positions, shown, null, fresh);
    }

    /** A point of an answer. */
    Shown shown(String key, long version, long stamp) {
        String name = names.computeIfAbsent(key, same -> same);
        return new Shown(Values.home(key, subject.shards()), name, version, stamp);
    }

    private ReadMode mode(Map<Integer, Long> floor) {
        if (floor.isEmpty()) {
            return ReadMode.getDefaultInstance();
        }
        AtLeast.Builder atLeast = AtLeast.newBuilder();
        floor.forEach((shard, offset) ->
                atLeast.addTokens(
                        WriteToken.newBuilder()
                                .setTopic(subject.topic())
                                .setPartition(shard)
                                .setOffset(offset)));
        return ReadMode.newBuilder().setAtLeast(atLeast).build();
    }

    private PointServiceBlockingStub points(Duration patience) {
        return PointServiceGrpc.newBlockingStub(channels.to(subject.gateway()))
                .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Our code if there is one, else gRPC's. */
    private static String reason(StatusRuntimeException error) {
        var known = GrpcErrors.decode(error);
        return known == null ? error.getStatus().getCode().name() : known.code().name();
    }
}
