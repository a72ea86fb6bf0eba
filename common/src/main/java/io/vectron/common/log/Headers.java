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

    private Headers() {}
}
