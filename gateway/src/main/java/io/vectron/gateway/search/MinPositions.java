package io.vectron.gateway.search;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.common.log.WriteToken;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.worker.v1.ShardRead;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far each shard must have come before it may answer.
 *
 * @param byShard position to reach, by partition; a shard that is not in it answers as it is
 */
public record MinPositions(Map<Integer, Long> byShard) {

    /** Copies the map. */
    public MinPositions {
        byShard = Map.copyOf(byShard);
    }

    /**
     * What a read mode asks of a collection.
     *
     * @throws VectronException INVALID_TOKEN if a token is not one of this collection's log
     */
    public static MinPositions of(ReadMode mode, CollectionRoute route) {
        return switch (mode.getModeCase()) {
            case EVENTUAL, MODE_NOT_SET -> new MinPositions(Map.of());
            case AT_LEAST -> atLeast(mode.getAtLeast().getTokensList(), route);
        };
    }

    private static MinPositions atLeast(
            List<io.vectron.proto.v1.WriteToken> tokens, CollectionRoute route) {
        if (tokens.size() > Limits.TOKENS_PER_REQUEST) {
            throw new VectronException(
                    ErrorCode.INVALID_TOKEN,
                    "read_mode.at_least.tokens",
                    tokens.size() + " tokens; at most " + Limits.TOKENS_PER_REQUEST);
        }
        Map<Integer, Long> positions = new TreeMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            String field = "read_mode.at_least.tokens[" + i + "]";
            WriteToken token = token(tokens.get(i), route, field);
            positions.merge(token.partition(), token.offset() + 1, Math::max);
        }
        return new MinPositions(positions);
    }

    /**
     * Reads a token of a request.
     *
     * @param field path of the field, for the error
     * @throws VectronException INVALID_TOKEN if it is not one of this collection's log
     */
    public static WriteToken token(
            io.vectron.proto.v1.WriteToken token, CollectionRoute route, String field) {
        try {
            WriteToken read = WriteToken.of(token);
            require(read, route, field);
            return read;
        } catch (VectronException e) {
            String at = e.field();
            throw new VectronException(
                    e.code(),
                    at != null && at.startsWith(field) ? at : field,
                    String.valueOf(e.getMessage()));
        }
    }

    private static void require(WriteToken token, CollectionRoute route, String field) {
        String id = token.topicId();
        if (id != null && !id.equals(route.topicId())) {
            throw invalid(field + ".topic_id", "the token is of another log: topic id " + id);
        }
        String topic = token.topic();
        if (topic != null && !topic.equals(route.topic())) {
            throw invalid(field + ".topic", "the token is of another log: topic " + topic);
        }
        if (token.partition() >= route.facts().getShards()) {
            throw invalid(
                    field + ".partition",
                    "the collection has "
                            + route.facts().getShards()
                            + " partitions; the token "
                            + "names "
                            + token.partition());
        }
        if (token.offset() == Long.MAX_VALUE) {
            throw invalid(field + ".offset", "no record has the offset " + token.offset());
        }
    }

    private static VectronException invalid(String field, String message) {
        return new VectronException(ErrorCode.INVALID_TOKEN, field, message);
    }

    /** The shard as a worker is asked for it. */
    ShardRead read(ShardRoute shard) {
        return ShardRead.newBuilder()
                .setGroup(shard.group())
                .setMinPosition(byShard.getOrDefault(shard.shard(), 0L))
                .build();
    }
}
