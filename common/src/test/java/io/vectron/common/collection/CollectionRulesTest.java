package io.vectron.common.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.common.collection.CollectionRules.Request;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.record.RecordValidator;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.History;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.SegmentLayout;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.log.v1.VectorType;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectionRulesTest {
    private static final UUID ID = UUID.fromString("0123abcd-0000-4000-8000-000000000000");
    private static final VectorSpec VECTOR =
            VectorSpec.newBuilder().setDimension(384).setMetric(Metric.METRIC_COSINE).build();

    private static final IndexParameters DEFAULTS = IndexParameters.getDefaultInstance();

    @Test
    void completesTheFacts() {
        CollectionFacts facts = CollectionRules.facts(request("words", VECTOR, 0), ID, 17);

        assertThat(facts.getId()).isEqualTo(ID.toString());
        assertThat(facts.getShards()).isEqualTo(1);
        assertThat(facts.getVectors(0).getType()).isEqualTo(VectorType.VECTOR_TYPE_F32);
        assertThat(facts.getHistory()).isEqualTo(History.HISTORY_COMPACT);
        assertThat(facts.getTopic()).isEqualTo("vectron.words.0123abcd.1");
        assertThat(facts.getDeadLetterTopic()).isEqualTo("vectron.words.0123abcd.1.dlq");
        assertThat(facts.getCreatedAtMs()).isEqualTo(17);
        assertThat(facts.getRulesVersion()).isEqualTo(1);
        assertThat(facts.getLimits().getIdBytes()).isEqualTo(512);
        assertThat(facts.getLimits().getPayloadBytes()).isEqualTo(65_536);
        assertThat(facts.getLimits().getPayloadDepth()).isEqualTo(8);
        assertThat(facts.getLimits().getRecordBytes()).isEqualTo(921_600);
        // The validator can judge by them.
        assertThat(new RecordValidator(facts)).isNotNull();
    }

    @Test
    void completesTheIndex() {
        assertThat(CollectionRules.index(DEFAULTS).getLayout())
                .isEqualTo(SegmentLayout.SEGMENT_LAYOUT_AUTO);
        IndexParameters fused =
                IndexParameters.newBuilder().setLayout(SegmentLayout.SEGMENT_LAYOUT_FUSED).build();
        assertThat(CollectionRules.index(fused)).isEqualTo(fused);
    }

    @Test
    void refusesALayoutThatItDoesNotKnow() {
        IndexParameters later = IndexParameters.newBuilder().setLayoutValue(9).build();
        refused(
                new Request("", "a", List.of(VECTOR), 1, 1, History.HISTORY_UNSPECIFIED, later),
                ErrorCode.INVALID_REQUEST,
                "index.layout");
        // One that a later release recorded is shown as it is.
        assertThat(CollectionRules.withDefaults(later)).isEqualTo(later);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "a-b_c", "words-2026"})
    void acceptsNames(String name) {
        assertThat(CollectionRules.facts(request(name, VECTOR, 1), ID, 0).getName())
                .isEqualTo(name);
    }

    @Test
    void acceptsTheLimits() {
        VectorSpec largest = VECTOR.toBuilder().setDimension(16_384).build();
        String longest = "x".repeat(63);

        CollectionFacts facts = CollectionRules.facts(request(longest, largest, 1_024), ID, 0);

        assertThat(facts.getShards()).isEqualTo(1_024);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "_a", "A", "a.b", "a b", "ä", "a\n", "../etc"})
    void refusesNames(String name) {
        refused(request(name, VECTOR, 1), ErrorCode.INVALID_COLLECTION_NAME, "name");
    }

    @Test
    void refusesALongName() {
        refused(request("x".repeat(64), VECTOR, 1), ErrorCode.INVALID_COLLECTION_NAME, "name");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 16_385, Integer.MIN_VALUE})
    void refusesDimensions(int dimension) {
        refused(
                request("a", VECTOR.toBuilder().setDimension(dimension).build(), 1),
                ErrorCode.INVALID_DIMENSION,
                "vectors[0].dimension");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_025, Integer.MAX_VALUE})
    void refusesShardCounts(int shards) {
        refused(request("a", VECTOR, shards), ErrorCode.INVALID_SHARD_COUNT, "shards");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 4, 6, 7, Integer.MAX_VALUE})
    void refusesReplicationFactors(int factor) {
        refused(
                new Request("", "a", List.of(VECTOR), 1, factor, History.HISTORY_FULL, DEFAULTS),
                ErrorCode.INVALID_REPLICATION_FACTOR,
                "replication_factor");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "3, 3", "5, 5"})
    void keepsTheReplicationFactor(int wanted, int kept) {
        Request request =
                new Request("", "a", List.of(VECTOR), 1, wanted, History.HISTORY_FULL, DEFAULTS);
        assertThat(CollectionRules.facts(request, ID, 0).getReplicationFactor()).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9})
    void refusesMetrics(int metric) {
        refused(
                request("a", VECTOR.toBuilder().setMetricValue(metric).build(), 1),
                ErrorCode.INVALID_METRIC,
                "vectors[0].metric");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6})
    void refusesTypesThatNoIndexSupports(int type) {
        refused(
                request("a", VECTOR.toBuilder().setTypeValue(type).build(), 1),
                ErrorCode.UNSUPPORTED_VECTOR_SPEC,
                "vectors[0].type");
    }

    @Test
    void refusesOtherVectors() {
        VectorSpec named = VECTOR.toBuilder().setName("title").build();
        refused(request("a", List.of()), ErrorCode.INVALID_VECTOR_SPEC, "vectors");
        refused(
                request("a", Collections.nCopies(17, VECTOR)),
                ErrorCode.INVALID_VECTOR_SPEC,
                "vectors");
        refused(
                request("a", List.of(VECTOR, VECTOR)),
                ErrorCode.INVALID_VECTOR_SPEC,
                "vectors[1].name");
        refused(request("a", List.of(VECTOR, named)), ErrorCode.UNSUPPORTED_VECTOR_SPEC, "vectors");
        refused(
                request("a", VECTOR.toBuilder().setName("Ä").build(), 1),
                ErrorCode.INVALID_VECTOR_SPEC,
                "vectors[0].name");
        refused(
                request("a", VECTOR.toBuilder().setTypeValue(99).build(), 1),
                ErrorCode.INVALID_VECTOR_SPEC,
                "vectors[0].type");
        refused(
                new Request("", "a", List.of(VECTOR), 1, 1, History.UNRECOGNIZED, DEFAULTS),
                ErrorCode.INVALID_HISTORY,
                "history");
    }

    private static Request request(String name, VectorSpec vector, int shards) {
        return new Request(
                "", name, List.of(vector), shards, 0, History.HISTORY_UNSPECIFIED, DEFAULTS);
    }

    private static Request request(String name, List<VectorSpec> vectors) {
        return new Request("", name, vectors, 1, 1, History.HISTORY_UNSPECIFIED, DEFAULTS);
    }

    private static void refused(Request request, ErrorCode code, String field) {
        assertThatThrownBy(() -> CollectionRules.facts(request, ID, 0))
                .isInstanceOfSatisfying(
                        VectronException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(code);
                            assertThat(e.field()).isEqualTo(field);
                        });
    }
}
