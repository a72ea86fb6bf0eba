package io.vectron.common.limit;

import java.util.Set;

/**
 * Limits that hold for every collection and request. Those that a collection fixes when it is
 * created (see {@code CollectionLimits}) appear here as the defaults it is created with.
 */
public final class Limits {
    /** Largest point id, bytes of UTF-8. */
    public static final int ID_BYTES = 512;

    /** Largest payload in canonical form, bytes. */
    public static final int PAYLOAD_BYTES = 64 * 1024;

    /**
     * Deepest nesting of a payload, levels. The value of a field is level 1; a value in a list or
     * map lies one level below the list or map.
     */
    public static final int PAYLOAD_DEPTH = 8;

    /** Largest key of a payload field, bytes of UTF-8. */
    public static final int PAYLOAD_KEY_BYTES = 256;

    /** Largest record, bytes of key and value together. */
    public static final int RECORD_BYTES = 900 * 1024;

    /** Largest dimension of a vector, components. */
    public static final int DIMENSION = 16_384;

    /** Most vectors of a point. */
    public static final int VECTORS_PER_POINT = 16;

    /** Largest name of a vector, bytes. */
    public static final int VECTOR_NAME_BYTES = 64;

    /** Largest name of a collection, characters. */
    public static final int COLLECTION_NAME_CHARACTERS = 63;

    /** Most shards of a collection. */
    public static final int SHARDS = 1_024;

    /** Shards of a collection that does not say how many it wants. */
    public static final int DEFAULT_SHARDS = 1;

    /** Numbers of voting replicas that a shard may have. */
    public static final Set<Integer> REPLICATION_FACTORS = Set.of(1, 3, 5);

    /** Voting replicas of each shard of a collection that does not say how many it wants. */
    public static final int DEFAULT_REPLICATION_FACTOR = 1;

    /** Most points of a request to write or read. */
    public static final int POINTS_PER_REQUEST = 1_000;

    /** Largest request, bytes. */
    public static final int REQUEST_BYTES = 8 * 1024 * 1024;

    /** Largest gRPC message that any part accepts, bytes. */
    public static final int MESSAGE_BYTES = 16 * 1024 * 1024;

    /** Most results of a search. */
    public static final int TOP_K = 10_000;

    /** Largest breadth of a graph search. */
    public static final int EF = 10_000;

    /** Most rows of a replica whose neighbours a report of its index looks for. */
    public static final int SAMPLED_ROWS = 1_000;

    /** Most write tokens of a request. */
    public static final int TOKENS_PER_REQUEST = 1_000;

    private Limits() {}
}
