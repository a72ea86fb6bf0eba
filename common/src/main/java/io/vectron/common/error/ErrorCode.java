package io.vectron.common.error;

import io.grpc.Status;

/**
 * Every failure that crosses a process boundary. A name is permanent: it travels as {@code reason}
 * of {@code google.rpc.ErrorInfo} and callers match on it.
 */
public enum ErrorCode {
    /** The name of a collection breaks its pattern. */
    INVALID_COLLECTION_NAME(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The metric is missing or unknown. */
    INVALID_METRIC(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The dimension is out of range. */
    INVALID_DIMENSION(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The number of shards is out of range. */
    INVALID_SHARD_COUNT(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** A declared vector is no valid one in another way. */
    INVALID_VECTOR_SPEC(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** A declared vector is valid, but no index supports it yet. */
    UNSUPPORTED_VECTOR_SPEC(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The number of replicas of each shard is none that a collection can have. */
    INVALID_REPLICATION_FACTOR(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The history is unknown. */
    INVALID_HISTORY(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The name is taken. */
    COLLECTION_EXISTS(Blame.CALLER, Status.Code.ALREADY_EXISTS),
    /** There is no such collection. */
    COLLECTION_NOT_FOUND(Blame.CALLER, Status.Code.NOT_FOUND),
    /** The collection is being created or deleted. */
    COLLECTION_NOT_READY(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** A point breaks a rule of its collection; metadata {@code rule} names it. */
    INVALID_POINT(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** A point id is empty, too long, or reserved. */
    INVALID_ID(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The number of results is out of range. */
    INVALID_TOP_K(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The breadth of the search is out of range. */
    INVALID_EF(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The query vector is missing, of wrong dimension, not finite, or zero under cosine. */
    INVALID_QUERY_VECTOR(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The collection has no vector of that name. */
    UNKNOWN_VECTOR(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The request holds no point. */
    NO_POINTS(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The request holds too many points. */
    TOO_MANY_POINTS(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The request is too large. */
    REQUEST_TOO_LARGE(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** A field of the request is invalid in a way that no other code names. */
    INVALID_REQUEST(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The body is not well-formed JSON in UTF-8. */
    MALFORMED_JSON(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The request is not well-formed HTTP, or not one that we take. */
    MALFORMED_REQUEST(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The request's line and headers are too large. */
    HEADERS_TOO_LARGE(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The body did not arrive in time. */
    SLOW_REQUEST(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** There is no such path. */
    UNKNOWN_PATH(Blame.CALLER, Status.Code.UNIMPLEMENTED),
    /** The path does not have this method. */
    METHOD_NOT_ALLOWED(Blame.CALLER, Status.Code.UNIMPLEMENTED),
    /** The body is of a type or encoding that we do not read. */
    UNSUPPORTED_MEDIA_TYPE(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** The caller reads no type that we write. */
    NOT_ACCEPTABLE(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** There is no point of that id. */
    POINT_NOT_FOUND(Blame.CALLER, Status.Code.NOT_FOUND),
    /** A write token is malformed or not one of this collection. */
    INVALID_TOKEN(Blame.CALLER, Status.Code.INVALID_ARGUMENT),
    /** There is no such dead letter: it never was, or its retention has passed. */
    DEAD_LETTER_NOT_FOUND(Blame.CALLER, Status.Code.NOT_FOUND),
    /** The dead letter was retried or dropped before. */
    DEAD_LETTER_SETTLED(Blame.CALLER, Status.Code.FAILED_PRECONDITION),
    /** The record was too large for its dead letter, which does not hold its value. */
    DEAD_LETTER_VALUE_OMITTED(Blame.CALLER, Status.Code.FAILED_PRECONDITION),
    /** The caller went away. */
    CANCELLED(Blame.CALLER, Status.Code.CANCELLED),
    /** The shards did not reach the freshness asked for in time. */
    FRESHNESS_TIMEOUT(Blame.RETRY, Status.Code.DEADLINE_EXCEEDED),
    /** The deadline passed in another way. */
    DEADLINE_EXCEEDED(Blame.RETRY, Status.Code.DEADLINE_EXCEEDED),
    /** Kafka did not answer, or did not acknowledge in time. */
    LOG_UNAVAILABLE(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** Kafka refuses to keep the collection's topics; the message says why. */
    TOPIC_REFUSED(Blame.US, Status.Code.FAILED_PRECONDITION),
    /** No worker serves the shard at the moment. */
    SHARD_UNAVAILABLE(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** The worker does not hold the shard. */
    UNKNOWN_SHARD(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** The sender believes in an older membership of the shard. */
    STALE_EPOCH(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** Another member leads; metadata {@code leader} is its address if known. */
    NOT_LEADER(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** Placement does not answer, or has not sent a view yet. */
    PLACEMENT_UNAVAILABLE(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** No worker is registered that could hold a shard. */
    NO_WORKERS(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** The part has more work than it can hold; metadata {@code retry_after_ms}. */
    OVERLOADED(Blame.RETRY, Status.Code.RESOURCE_EXHAUSTED),
    /** The workers have no room for more shards. */
    CAPACITY_EXHAUSTED(Blame.RETRY, Status.Code.RESOURCE_EXHAUSTED),
    /** The part is stopping. */
    SHUTTING_DOWN(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** A peer could not be reached. */
    UNAVAILABLE(Blame.RETRY, Status.Code.UNAVAILABLE),
    /** The log and a shard's state contradict each other; the shard has stopped. */
    LOG_DIVERGED(Blame.US, Status.Code.DATA_LOSS),
    /** A defect; metadata {@code request_id} finds it in our log. */
    INTERNAL(Blame.US, Status.Code.INTERNAL);

    private final Blame blame;
    private final Status.Code status;

    ErrorCode(Blame blame, Status.Code status) {
        this.blame = blame;
        this.status = status;
    }

    /** Who can do something about it. */
    public Blame blame() {
        return blame;
    }

    /** Status that it has over gRPC. */
    public Status.Code status() {
        return status;
    }
}
