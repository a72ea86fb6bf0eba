package io.vectron.common.collection;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.common.log.TopicNames;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionLimits;
import io.vectron.proto.log.v1.History;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.SegmentLayout;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.log.v1.VectorType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** What a collection may be, and the facts it starts with. */
public final class CollectionRules {
    /** Version of the validation rules that new collections get. */
    public static final int RULES_VERSION = 1;

    private static final Pattern NAME =
            Pattern.compile(
                    "[a-z0-9][a-z0-9_-]{0," + (Limits.COLLECTION_NAME_CHARACTERS - 1) + "}");
    private static final Pattern VECTOR_NAME =
            Pattern.compile("[a-z0-9_-]{0," + Limits.VECTOR_NAME_BYTES + "}");

    private CollectionRules() {}

    /**
     * A collection somebody asks for.
     *
     * @param tenant owner; {@code ""} is the default tenant
     * @param name name
     * @param vectors vectors of every point
     * @param shards shards; 0 means the default
     * @param replicationFactor voting replicas of each shard; 0 means the default
     * @param history how much of the past the topic keeps; unspecified means compaction
     * @param index how its index is built; fields that are not set mean the defaults
     */
    public record Request(
            String tenant,
            String name,
            List<VectorSpec> vectors,
            int shards,
            int replicationFactor,
            History history,
            IndexParameters index) {
        public Request {
            vectors = List.copyOf(vectors);
        }
    }

    /**
     * Checks how an index is to be built, and fills in the defaults.
     *
     * @throws VectronException INVALID_REQUEST, with the field
     */
    public static IndexParameters index(IndexParameters wanted) {
        if (wanted.getLayout() == SegmentLayout.UNRECOGNIZED) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    "index.layout",
                    "layout must be auto, compact or fused");
        }
        return withDefaults(wanted);
    }

    /** Fills in what a collection, perhaps one of another release, does not say of its index. */
    public static IndexParameters withDefaults(IndexParameters stored) {
        return stored.getLayout() == SegmentLayout.SEGMENT_LAYOUT_UNSPECIFIED
                ? stored.toBuilder().setLayout(SegmentLayout.SEGMENT_LAYOUT_AUTO).build()
                : stored;
    }

    /**
     * Checks a request and makes the facts of its collection.
     *
     * @param id the new collection's id
     * @param createdAtMs milliseconds since 1970; 0 if a later step fills it in
     * @throws VectronException INVALID_COLLECTION_NAME, INVALID_VECTOR_SPEC, INVALID_DIMENSION,
     *     INVALID_METRIC, UNSUPPORTED_VECTOR_SPEC, INVALID_SHARD_COUNT, INVALID_REPLICATION_FACTOR,
     *     INVALID_HISTORY or INVALID_REQUEST, with the field
     */
    public static CollectionFacts facts(Request request, UUID id, long createdAtMs) {
        requireName(request.name());
        requireVectors(request.vectors());
        requireShards(request.shards());
        requireReplicationFactor(request.replicationFactor());
        if (request.history() == History.UNRECOGNIZED) {
            throw new VectronException(ErrorCode.INVALID_HISTORY, "history", "history is unknown");
        }
        index(request.index());
        String topic = TopicNames.log(request.name(), id, 1);
        CollectionFacts.Builder facts =
                CollectionFacts.newBuilder()
                        .setId(id.toString())
                        .setTenant(request.tenant())
                        .setName(request.name())
                        .setShards(request.shards() == 0 ? Limits.DEFAULT_SHARDS : request.shards())
                        .setReplicationFactor(
                                request.replicationFactor() == 0
                                        ? Limits.DEFAULT_REPLICATION_FACTOR
                                        : request.replicationFactor())
                        .setLimits(defaultLimits())
                        .setRulesVersion(RULES_VERSION)
                        .setHistory(
                                request.history() == History.HISTORY_UNSPECIFIED
                                        ? History.HISTORY_COMPACT
                                        : request.history())
                        .setLogNumber(1)
                        .setTopic(topic)
                        .setDeadLetterTopic(TopicNames.deadLetter(topic))
                        .setCreatedAtMs(createdAtMs);
        for (VectorSpec vector : request.vectors()) {
            facts.addVectors(vector.toBuilder().setType(VectorType.VECTOR_TYPE_F32));
        }
        return facts.build();
    }

    /**
     * Checks the name of a collection.
     *
     * @throws VectronException INVALID_COLLECTION_NAME
     */
    public static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new VectronException(
                    ErrorCode.INVALID_COLLECTION_NAME,
                    "name",
                    "collection name must match " + NAME + ": '" + shortened(name) + "'");
        }
    }

    /** The limits that new collections get. */
    public static CollectionLimits defaultLimits() {
        return CollectionLimits.newBuilder()
                .setIdBytes(Limits.ID_BYTES)
                .setPayloadBytes(Limits.PAYLOAD_BYTES)
                .setPayloadDepth(Limits.PAYLOAD_DEPTH)
                .setRecordBytes(Limits.RECORD_BYTES)
                .build();
    }

    private static void requireVectors(List<VectorSpec> vectors) {
        if (vectors.isEmpty()) {
            throw new VectronException(
                    ErrorCode.INVALID_VECTOR_SPEC, "vectors", "a collection needs a vector");
        }
        if (vectors.size() > Limits.VECTORS_PER_POINT) {
            throw new VectronException(
                    ErrorCode.INVALID_VECTOR_SPEC,
                    "vectors",
                    vectors.size() + " vectors; at most " + Limits.VECTORS_PER_POINT);
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < vectors.size(); i++) {
            requireVector(vectors.get(i), "vectors[" + i + "]");
            if (!names.add(vectors.get(i).getName())) {
                throw new VectronException(
                        ErrorCode.INVALID_VECTOR_SPEC,
                        "vectors[" + i + "].name",
                        "two vectors are named '" + vectors.get(i).getName() + "'");
            }
        }
        if (vectors.size() > 1) {
            throw new VectronException(
                    ErrorCode.UNSUPPORTED_VECTOR_SPEC,
                    "vectors",
                    "one vector a point is supported, not " + vectors.size());
        }
    }

    private static void requireVector(VectorSpec vector, String field) {
        if (!VECTOR_NAME.matcher(vector.getName()).matches()) {
            throw new VectronException(
                    ErrorCode.INVALID_VECTOR_SPEC,
                    field + ".name",
                    "vector name must match "
                            + VECTOR_NAME
                            + ": '"
                            + shortened(vector.getName())
                            + "'");
        }
        // Unsigned on the wire: what looks negative is too large.
        int dimension = vector.getDimension();
        if (dimension < 1 || dimension > Limits.DIMENSION) {
            throw new VectronException(
                    ErrorCode.INVALID_DIMENSION,
                    field + ".dimension",
                    "dimension must be 1 to "
                            + Limits.DIMENSION
                            + ": "
                            + Integer.toUnsignedString(dimension));
        }
        switch (vector.getMetric()) {
            case METRIC_COSINE, METRIC_DOT, METRIC_EUCLIDEAN -> {}
            case METRIC_UNSPECIFIED, UNRECOGNIZED ->
                    throw new VectronException(
                            ErrorCode.INVALID_METRIC,
                            field + ".metric",
                            "metric must be cosine, dot or euclidean");
        }
        switch (vector.getType()) {
            case VECTOR_TYPE_UNSPECIFIED, VECTOR_TYPE_F32 -> {}
            case VECTOR_TYPE_F16,
                    VECTOR_TYPE_I8,
                    VECTOR_TYPE_BITS,
                    VECTOR_TYPE_SPARSE,
                    VECTOR_TYPE_MULTI ->
                    throw new VectronException(
                            ErrorCode.UNSUPPORTED_VECTOR_SPEC,
                            field + ".type",
                            "only dense f32 vectors are supported, not " + vector.getType());
            case UNRECOGNIZED ->
                    throw new VectronException(
                            ErrorCode.INVALID_VECTOR_SPEC,
                            field + ".type",
                            "vector type is unknown");
        }
    }

    private static void requireShards(int shards) {
        if (shards < 0 || shards > Limits.SHARDS) {
            throw new VectronException(
                    ErrorCode.INVALID_SHARD_COUNT,
                    "shards",
                    "shards must be 1 to "
                            + Limits.SHARDS
                            + ": "
                            + Integer.toUnsignedString(shards));
        }
    }

    /** An even number stands no more losses than the odd one below it. */
    private static void requireReplicationFactor(int factor) {
        if (factor != 0 && !Limits.REPLICATION_FACTORS.contains(factor)) {
            throw new VectronException(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "replication_factor",
                    "replication factor must be 1, 3 or 5: " + Integer.toUnsignedString(factor));
        }
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
