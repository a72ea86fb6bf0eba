package io.vectron.gateway.service;

import com.google.protobuf.Timestamp;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.fresh.FollowedLog;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.search.FanOut;
import io.vectron.gateway.search.MinPositions;
import io.vectron.gateway.search.ShardAnswer;
import io.vectron.proto.v1.Freshness;
import io.vectron.proto.v1.Watermark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the shards said to a read, once it is known to keep what the read mode asks for.
 *
 * @param found what each shard that answered found
 * @param watermarks of the shards that answered, by partition
 * @param missing shards that did not answer, and why
 * @param <T> what a shard finds
 */
record ReadOutcome<T>(
        List<List<T>> found, List<Watermark> watermarks, Map<Integer, String> missing) {

    // Error details travel in a header of some 8 KiB.
    private static final int SHARDS_IN_ERROR = 16;

    ReadOutcome {
        found = List.copyOf(found);
        watermarks = List.copyOf(watermarks);
        missing = Map.copyOf(missing);
    }

    /**
     * Sorts the answers out.
     *
     * @throws VectronException FRESHNESS_TIMEOUT if a shard is older than asked for;
     *     SHARD_UNAVAILABLE if one that must be fresh, or every one, is missing
     */
    static <T> ReadOutcome<T> of(FanOut.Answers<T> answers, MinPositions wanted) {
        List<List<T>> found = new ArrayList<>();
        List<Watermark> watermarks = new ArrayList<>();
        Map<Integer, String> missing = new LinkedHashMap<>();
        Map<Integer, Long> stale = new LinkedHashMap<>();
        boolean late = false;
        for (Map.Entry<Integer, ShardAnswer<T>> entry : answers.byShard().entrySet()) {
            int shard = entry.getKey();
            switch (entry.getValue()) {
                case ShardAnswer.Answered<T> answered -> {
                    found.add(answered.found());
                    watermarks.add(watermark(shard, answered, answers.route()));
                }
                case ShardAnswer.Stale<T> old -> stale.put(shard, old.position());
                case ShardAnswer.Missing<T> gone -> {
                    missing.put(shard, gone.why());
                    late |= gone.deadlinePassed() && wanted.byShard().containsKey(shard);
                }
                case ShardAnswer.Moved<T> _ -> missing.put(shard, "its worker is not known");
            }
        }
        if (!stale.isEmpty() || late) {
            throw notFresh(stale, watermarks, wanted);
        }
        requireShards(missing, watermarks.isEmpty(), wanted);
        return new ReadOutcome<>(found, watermarks, missing);
    }

    private static Watermark watermark(
            int shard, ShardAnswer.Answered<?> answered, CollectionRoute route) {
        return Watermark.newBuilder()
                .setShard(shard)
                .setTopicId(route.topicId())
                .setPosition(answered.state().getPosition())
                .setEpoch(answered.state().getEpoch())
                .setGeneration(answered.state().getGeneration())
                .build();
    }

    private static void requireShards(
            Map<Integer, String> missing, boolean none, MinPositions wanted) {
        for (Map.Entry<Integer, String> shard : missing.entrySet()) {
            // A write that was asked for may be exactly what is missing: not an answer at all.
            if (none || wanted.byShard().containsKey(shard.getKey())) {
                throw unavailable(shard.getKey(), shard.getValue());
            }
        }
    }

    /** Refuses an answer without all shards asked: SHARD_UNAVAILABLE. */
    void requireAll() {
        missing.forEach((shard, why) -> {
            throw unavailable(shard, why);
        });
    }

    private static VectronException unavailable(int shard, String why) {
        return new VectronException(
                ErrorCode.SHARD_UNAVAILABLE,
                null,
                "shard " + shard + " does not answer: " + why,
                Map.of("shard", Integer.toString(shard)));
    }

    private static VectronException notFresh(
            Map<Integer, Long> stale, List<Watermark> watermarks, MinPositions wanted) {
        Map<Integer, Long> positions = new LinkedHashMap<>(stale);
        watermarks.forEach(mark -> positions.put(mark.getShard(), mark.getPosition()));
        Map<String, String> metadata = new LinkedHashMap<>();
        StringBuilder message =
                new StringBuilder("the shards did not become fresh within the deadline:");
        int shown = 0;
        for (Map.Entry<Integer, Long> shard : wanted.byShard().entrySet()) {
            if (shown == SHARDS_IN_ERROR) {
                message.append(" …");
                break;
            }
            Long position = positions.get(shard.getKey());
            if (position != null && position >= shard.getValue()) {
                continue;
            }
            shown++;
            String at = position == null ? "unknown" : Long.toString(position);
            metadata.put("watermark." + shard.getKey(), at);
            metadata.put("wanted." + shard.getKey(), Long.toString(shard.getValue()));
            message.append(" shard ")
                    .append(shard.getKey())
                    .append(" is at ")
                    .append(at)
                    .append(" of ")
                    .append(shard.getValue())
                    .append(';');
        }
        return new VectronException(
                ErrorCode.FRESHNESS_TIMEOUT, null, message.toString(), metadata);
    }

    /** The freshness of the answer. */
    Freshness freshness(FollowedLog log) {
        Freshness.Builder freshness = Freshness.newBuilder().addAllWatermarks(watermarks);
        Instant freshAsOf = missing.isEmpty() ? freshAsOf(log) : null;
        if (freshAsOf != null) {
            freshness.setFreshAsOf(
                    Timestamp.newBuilder()
                            .setSeconds(freshAsOf.getEpochSecond())
                            .setNanos(freshAsOf.getNano()));
        }
        return freshness.build();
    }

    private @Nullable Instant freshAsOf(FollowedLog log) {
        Map<Integer, Long> positions = new LinkedHashMap<>();
        watermarks.forEach(mark -> positions.put(mark.getShard(), mark.getPosition()));
        return log.freshAsOf(positions);
    }
}
