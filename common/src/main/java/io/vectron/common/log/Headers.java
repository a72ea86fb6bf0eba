package io.vectron.common.log;

/** Names and values of the Kafka headers that Vectron reads and writes. */
public final class Headers {
    /** Format of a record's value: {@link #JSON}, {@link #PROTOBUF} or {@link #PROTOBUF_SHORT}. */
    public static final String CONTENT_TYPE = "content-type";

    /** The value is JSON. */
    public static final String JSON = "application/json";

    /** The value is a protobuf {@code vectron.log.v1.Point}. */
    public static final String PROTOBUF = "application/x-protobuf";

    /** The same as {@link #PROTOBUF}. */
    public static final String PROTOBUF_SHORT = "application/protobuf";

    /** Kind of a record that is not about a point: {@link #BARRIER}. */
    public static final String KIND = "vectron-kind";

    /** The record is a barrier; its key is {@link #BARRIER_KEY}. */
    public static final String BARRIER = "barrier";

    /** Key of barriers. No id may start with NUL, so it collides with none. */
    public static final String BARRIER_KEY = "\0barrier";

    /** Dead letter: stable name of the rule that refused the record. */
    public static final String RULE = "vectron-rule";

    /** Dead letter: the reason for people. */
    public static final String REASON = "vectron-reason";

    /** Dead letter: topic of the record. */
    public static final String SOURCE_TOPIC = "vectron-source-topic";

    /** Dead letter: partition of the record, decimal. */
    public static final String SOURCE_PARTITION = "vectron-source-partition";

    /** Dead letter: offset of the record, decimal. */
    public static final String SOURCE_OFFSET = "vectron-source-offset";

    /** Dead letter: Kafka's timestamp of the record, milliseconds since 1970, decimal. */
    public static final String SOURCE_TIMESTAMP_MS = "vectron-source-timestamp-ms";

    /** Dead letter: version of the point that the record removed, decimal; absent if none. */
    public static final String REPLACED_VERSION = "vectron-replaced-version";

    /** Dead letter: the original did not fit, and its value had this many bytes, decimal. */
    public static final String VALUE_OMITTED_BYTES = "vectron-value-omitted-bytes";

    /**
     * Value of {@link #KIND} in a dead-letter topic: the record says how a letter of the same
     * partition was settled. It has neither key nor value, and unlike a letter no {@link #RULE}.
     */
    public static final String SETTLED = "settled";

    /** Settlement: offset of the letter in the same partition, decimal. */
    public static final String SETTLED_LETTER = "vectron-settled-letter";

    /** Settlement: {@link #RETRIED} or {@link #DROPPED}. */
    public static final String SETTLED_AS = "vectron-settled-as";

    /** The letter's record was written again; {@link #SETTLED_TOKEN} says where. */
    public static final String RETRIED = "retried";

    /** The letter was settled without writing its record again. */
    public static final String DROPPED = "dropped";

    /** Settlement: write token of the record that was written again, in its text form. */
    public static final String SETTLED_TOKEN = "vectron-settled-token";

    /** Record written again from a dead letter: id of the letter, as in {@code 0-17}. */
    public static final String RETRY_OF = "vectron-retry-of";

    /** Record written again from a dead letter: how often it was, decimal, from 1. */
    public static final String RETRIES = "vectron-retries";

    /**
     * Record written again from a dead letter: Kafka's timestamp of the record that its producer
     * wrote, milliseconds since 1970, decimal. It tells whether another record of the id is newer.
     */
    public static final String RETRY_ORIGIN_MS = "vectron-retry-origin-ms";

    private Headers() {}
}
