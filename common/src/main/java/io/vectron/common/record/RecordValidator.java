package io.vectron.common.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Utf8;
import io.vectron.common.collection.CollectionRules;
import io.vectron.common.limit.Limits;
import io.vectron.common.log.Partitioning;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.Point;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Judges records by the facts of their collection alone, and brings those it accepts into canonical
 * form. The gateway and the job use this same class, so a write that the gateway acknowledged is
 * never refused later. Immutable and thread-safe.
 *
 * <p>The verdict depends on nothing but the facts and the record, never on another record: that is
 * what lets a log be compacted. So a refused record removes its id in the partition where it lies.
 * For one that lies in a wrong partition this is harmless: the id's home is elsewhere, so the
 * partition holds no point of that id.
 */
public final class RecordValidator {
    private static final byte[] BARRIER_KEY =
            io.vectron.common.log.Headers.BARRIER_KEY.getBytes(UTF_8);
    private static final byte[] BARRIER = io.vectron.common.log.Headers.BARRIER.getBytes(UTF_8);

    private final int shards;
    private final int maxIdBytes;
    private final int maxRecordBytes;
    private final PayloadLimits payload;
    private final List<VectorRule> vectors;

    /**
     * A validator for one collection.
     *
     * @throws IllegalArgumentException if this release does not know the facts' rules version, or
     *     cannot judge by these facts
     */
    public RecordValidator(CollectionFacts facts) {
        if (facts.getRulesVersion() != CollectionRules.RULES_VERSION) {
            throw new IllegalArgumentException(
                    "unknown version of the rules: " + facts.getRulesVersion());
        }
        if (!facts.getPartitionKey().isEmpty()) {
            throw new IllegalArgumentException(
                    "unsupported partition key: " + facts.getPartitionKey());
        }
        shards = positive(facts.getShards(), "shards");
        maxIdBytes = positive(facts.getLimits().getIdBytes(), "limits.id_bytes");
        maxRecordBytes = positive(facts.getLimits().getRecordBytes(), "limits.record_bytes");
        payload =
                new PayloadLimits(
                        facts.getLimits().getPayloadBytes(), facts.getLimits().getPayloadDepth());
        vectors = VectorRule.of(facts);
        if (vectors.isEmpty() || vectors.size() > Limits.VECTORS_PER_POINT) {
            throw new IllegalArgumentException("unsupported vectors: " + vectors.size());
        }
    }

    /**
     * Judges a record of the collection's topic. Never throws.
     *
     * @param key the record's key; not kept
     * @param value the record's value, null deletes; may be shared with the result, so nobody may
     *     write to it any more
     * @param headers the record's headers
     * @param partition the partition it lies in
     */
    public Validated validate(
            byte @Nullable [] key, byte @Nullable [] value, Headers headers, int partition) {
        String id = null;
        try {
            if (key == null) {
                throw idMissing();
            }
            if (key.length > 0 && key[0] == 0) {
                return reserved(key, value, headers);
            }
            id = id(key);
            requireHome(key, partition);
            requirePointKind(headers);
            if (value == null) {
                return new Validated.Delete(id);
            }
            requireSize(key.length + (long) value.length);
            return upsert(id, key, canonical(value, ValueFormat.stated(headers)));
        } catch (RuleException e) {
            return new Validated.Rejected(e.rule(), e.reason(), id);
        }
    }

    /**
     * Judges a point before it is written to the log: never a {@link Validated.Delete} or {@link
     * Validated.Barrier}. The canonical bytes, written with content type protobuf and the id as
     * key to its home partition, will be accepted as they are.
     */
    public Validated validate(String id, Point point) {
        String readable = null;
        try {
            byte[] key = utf8(id);
            readable = id(key);
            return upsert(readable, key, canonical(point.toByteArray(), ValueFormat.PROTOBUF));
        } catch (RuleException e) {
            return new Validated.Rejected(e.rule(), e.reason(), readable);
        }
    }

    /** Judges an id alone, before a delete is written: {@link Validated.Delete} or refused. */
    public Validated validateId(String id) {
        try {
            return new Validated.Delete(id(utf8(id)));
        } catch (RuleException e) {
            return new Validated.Rejected(e.rule(), e.reason(), null);
        }
    }

    private static Validated reserved(byte[] key, byte @Nullable [] value, Headers headers) {
        Header kind = headers.lastHeader(io.vectron.common.log.Headers.KIND);
        boolean barrier =
                Arrays.equals(key, BARRIER_KEY)
                        && value != null
                        && kind != null
                        && Arrays.equals(kind.value(), BARRIER);
        if (barrier) {
            return new Validated.Barrier();
        }
        throw new RuleException(
                Rule.ID_RESERVED, "id starts with NUL, and the record is no barrier");
    }

    private static RuleException idMissing() {
        return new RuleException(Rule.ID_MISSING, "id is missing");
    }

    private String id(byte[] key) {
        if (key.length == 0) {
            throw idMissing();
        }
        if (key[0] == 0) {
            throw new RuleException(Rule.ID_RESERVED, "id starts with NUL");
        }
        if (key.length > maxIdBytes) {
            throw new RuleException(
                    Rule.ID_TOO_LONG, "id has " + key.length + " bytes; at most " + maxIdBytes);
        }
        if (!Utf8.isWellFormed(key)) {
            throw new RuleException(Rule.ID_NOT_UTF8, "id is not UTF-8");
        }
        return new String(key, UTF_8);
    }

    private static byte[] utf8(String id) {
        if (!UnicodeText.isPaired(id)) {
            throw new RuleException(Rule.ID_NOT_UTF8, "id has half of a surrogate pair");
        }
        return id.getBytes(UTF_8);
    }

    private void requireHome(byte[] key, int partition) {
        int home = Partitioning.partition(key, shards);
        if (partition != home) {
            throw new RuleException(
                    Rule.WRONG_PARTITION,
                    "id belongs to partition "
                            + home
                            + " and lies in "
                            + partition
                            + ": the producer must partition by murmur2 of the key, as Kafka's Java"
                            + " client does by default; on librdkafka (Python, Go, .NET and others)"
                            + " set partitioner=murmur2_random");
        }
    }

    private static void requirePointKind(Headers headers) {
        Header kind = headers.lastHeader(io.vectron.common.log.Headers.KIND);
        if (kind != null) {
            throw new RuleException(
                    Rule.KIND_UNSUPPORTED, "header vectron-kind does not belong to a point");
        }
    }

    private void requireSize(long bytes) {
        if (bytes > maxRecordBytes) {
            throw new RuleException(
                    Rule.RECORD_TOO_LARGE,
                    "record has " + bytes + " bytes of key and value; at most " + maxRecordBytes);
        }
    }

    private Validated upsert(String id, byte[] key, byte[] canonical) {
        // Again, since JSON may be shorter than what it stands for.
        requireSize(key.length + (long) canonical.length);
        return new Validated.Upsert(id, CanonicalPoint.trusted(canonical));
    }

    private byte[] canonical(byte[] value, ValueFormat stated) {
        if (SchemaRegistryFrame.opens(value)) {
            return framed(value, stated);
        }
        return switch (stated) {
            case JSON -> json(value);
            case PROTOBUF -> protobuf(value);
            case UNSTATED -> isJson(value) ? json(value) : protobuf(value);
        };
    }

    private byte[] framed(byte[] value, ValueFormat stated) {
        byte[] body = SchemaRegistryFrame.body(value);
        return switch (stated) {
            case JSON -> json(body);
            case PROTOBUF -> protobuf(SchemaRegistryFrame.protobufBody(value));
            case UNSTATED -> {
                if (isJson(body)) {
                    yield json(body);
                }
                try {
                    yield protobuf(SchemaRegistryFrame.protobufBody(value));
                } catch (RuleException e) {
                    throw neitherJsonNorProtobuf(e);
                }
            }
        };
    }

    /** Avro has no mark of its own: it is what a schema registry frames and nothing else reads. */
    private static RuleException neitherJsonNorProtobuf(RuleException e) {
        boolean unreadable =
                e.rule() == Rule.VALUE_UNDECODABLE || e.rule() == Rule.SCHEMA_REGISTRY_FRAME;
        return unreadable
                ? new RuleException(
                        Rule.SCHEMA_REGISTRY_AVRO,
                        "value is framed for a schema registry, and neither JSON nor protobuf; "
                                + "Avro is not supported")
                : e;
    }

    /** No legal encoding of a Point starts with a brace. */
    private static boolean isJson(byte[] value) {
        return value.length > 0 && value[0] == '{';
    }

    private byte[] json(byte[] value) {
        return sorted(JsonPoints.decode(value, payload.maxDepth()));
    }

    private byte[] protobuf(byte[] value) {
        try {
            CanonicalScan.check(value, vectors, payload);
            return value;
        } catch (NotCanonicalException e) {
            return sorted(ProtobufPoints.decode(value));
        }
    }

    private byte[] sorted(Point point) {
        byte[] bytes = CanonicalOrder.bytes(point);
        CanonicalScan.check(bytes, vectors, payload);
        return bytes;
    }

    private static int positive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " of the facts is below 1: " + value);
        }
        return value;
    }
}
