package io.vectron.standalone.demo;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectron.cli.text.Embedder;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.AtLeast;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.PointServiceGrpc;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.WriteToken;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The collection of words as the gateway's gRPC API shows it. Safe for use by several threads.
 *
 * <p>Failures are {@link StatusRuntimeException}s.
 */
final class Library {
    /** Name of the collection. */
    static final String COLLECTION = "wordnet";

    private static final Duration CREATE_DEADLINE = Duration.ofSeconds(60);
    private static final Duration READ_DEADLINE = Duration.ofSeconds(10);
    private static final int IDS_A_REQUEST = 1_000;
    private static final String WORDS = "words";
    private static final String DEFINITION = "definition";
    private static final String PART_OF_SPEECH = "part_of_speech";

    private final ManagedChannel gateway;

    /** Speaks through a channel to the gateway, which stays the caller's. */
    Library(ManagedChannel gateway) {
        this.gateway = gateway;
    }

    /** Creates the collection, or takes the one that is there; returns the name of its topic. */
    String open() {
        CollectionServiceGrpc.CollectionServiceBlockingStub collections =
                CollectionServiceGrpc.newBlockingStub(gateway)
                        .withDeadlineAfter(CREATE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        VectorSpec vector =
                VectorSpec.newBuilder()
                        .setDimension(Embedder.DIMENSION)
                        .setMetric(Metric.METRIC_COSINE)
                        .build();
        Collection collection;
        try {
            collection =
                    collections
                            .createCollection(
                                    CreateCollectionRequest.newBuilder()
                                            .setName(COLLECTION)
                                            .addVectors(vector)
                                            .build())
                            .getCollection();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
            collection =
                    collections
                            .describeCollection(
                                    DescribeCollectionRequest.newBuilder()
                                            .setName(COLLECTION)
                                            .build())
                            .getCollection();
        }
        return collection.getFacts().getTopic();
    }

    /** Those of the words that are searchable already. */
    Set<String> present(List<Word> words) {
        Set<String> present = new HashSet<>();
        for (int from = 0; from < words.size(); from += IDS_A_REQUEST) {
            GetRequest.Builder request =
                    GetRequest.newBuilder().setCollection(COLLECTION).setWithoutVectors(true);
            words.subList(from, Math.min(words.size(), from + IDS_A_REQUEST))
                    .forEach(word -> request.addIds(word.id()));
            for (StoredPoint point : points(READ_DEADLINE).get(request.build()).getPointsList()) {
                present.add(point.getId());
            }
        }
        return present;
    }

    /**
     * Finds the meanings nearest to a vector.
     *
     * @param tokens writes that the answer must include; waits for them within the deadline
     */
    SearchResponse search(float[] vector, int count, List<WriteToken> tokens, Duration deadline) {
        ReadMode.Builder mode = ReadMode.newBuilder();
        if (!tokens.isEmpty()) {
            mode.setAtLeast(AtLeast.newBuilder().addAllTokens(tokens));
        }
        return points(deadline)
                .search(
                        SearchRequest.newBuilder()
                                .setCollection(COLLECTION)
                                .setVector(vector(vector))
                                .setTopK(count)
                                .setWithPayload(true)
                                .setReadMode(mode)
                                .build());
    }

    /** A word as a point: what a producer writes to the topic. */
    static Point point(Word word, float[] vector) {
        return Point.newBuilder()
                .addVectors(vector(vector))
                .setPayload(
                        Payload.newBuilder()
                                .addFields(text(DEFINITION, word.definition()))
                                .addFields(text(PART_OF_SPEECH, word.partOfSpeech()))
                                .addFields(text(WORDS, word.words())))
                .build();
    }

    /** A point as a word: what a search returns. */
    static Word word(String id, Point point) {
        String words = "";
        String definition = "";
        String partOfSpeech = "";
        for (Field field : point.getPayload().getFieldsList()) {
            String value = field.getValue().getStringValue();
            switch (field.getKey()) {
                case WORDS -> words = value;
                case DEFINITION -> definition = value;
                case PART_OF_SPEECH -> partOfSpeech = value;
                default -> {
                    // A field of a later version.
                }
            }
        }
        return new Word(id, partOfSpeech, words, definition);
    }

    private PointServiceGrpc.PointServiceBlockingStub points(Duration deadline) {
        return PointServiceGrpc.newBlockingStub(gateway)
                .withMaxInboundMessageSize(16 << 20)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static NamedVector vector(float[] components) {
        DenseF32.Builder dense = DenseF32.newBuilder();
        for (float component : components) {
            dense.addValues(component);
        }
        return NamedVector.newBuilder().setF32(dense).build();
    }

    private static Field text(String key, String value) {
        return Field.newBuilder()
                .setKey(key)
                .setValue(Value.newBuilder().setStringValue(value))
                .build();
    }
}
