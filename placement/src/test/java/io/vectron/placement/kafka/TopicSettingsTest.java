package io.vectron.placement.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.limit.Limits;
import io.vectron.proto.log.v1.History;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;

final class TopicSettingsTest {
    private static final long DAY_MS = 86_400_000;

    @Test
    void compactsACollectionsTopic() {
        Map<String, String> settings = TopicSettings.log(History.HISTORY_COMPACT, 1, Map.of());
        assertThat(settings)
                .containsEntry(TopicConfig.CLEANUP_POLICY_CONFIG, "compact")
                .containsEntry(TopicConfig.DELETE_RETENTION_MS_CONFIG, "" + 7 * DAY_MS)
                .containsEntry(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, "" + DAY_MS)
                .containsEntry(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, "" + 7 * DAY_MS)
                .containsEntry(TopicConfig.SEGMENT_MS_CONFIG, "" + DAY_MS)
                .containsEntry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime")
                .containsEntry(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false")
                .containsEntry(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "1")
                .hasSize(9);
        assertThat(bytes(settings)).isBetween(Limits.RECORD_BYTES + 64 * 1024, 1 << 20);
    }

    @Test
    void keepsEverythingOfAFullHistory() {
        assertThat(TopicSettings.log(History.HISTORY_FULL, 1, Map.of()))
                .containsEntry(TopicConfig.CLEANUP_POLICY_CONFIG, "delete")
                .containsEntry(TopicConfig.RETENTION_MS_CONFIG, "-1")
                .containsEntry(TopicConfig.RETENTION_BYTES_CONFIG, "-1")
                .doesNotContainKey(TopicConfig.DELETE_RETENTION_MS_CONFIG);
    }

    @Test
    void replicatesWhereThereAreBrokers() {
        assertThat(TopicSettings.replicas(1)).isEqualTo((short) 1);
        assertThat(TopicSettings.replicas(2)).isEqualTo((short) 2);
        assertThat(TopicSettings.replicas(5)).isEqualTo((short) 3);
        for (Map<String, String> settings :
                List.of(
                        TopicSettings.log(History.HISTORY_COMPACT, 3, Map.of()),
                        TopicSettings.deadLetters(3),
                        TopicSettings.catalogue(3))) {
            assertThat(settings).containsEntry(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
        }
    }

    @Test
    void letsOverridesWin() {
        assertThat(
                        TopicSettings.log(
                                History.HISTORY_COMPACT,
                                1,
                                Map.of("segment.ms", "100", "min.cleanable.dirty.ratio", "0.01")))
                .containsEntry("segment.ms", "100")
                .containsEntry("min.cleanable.dirty.ratio", "0.01")
                .containsEntry("cleanup.policy", "compact");
    }

    @Test
    void keepsDeadLettersForAWeekAndTakesAnyRecordWithMoreHeaders() {
        Map<String, String> settings = TopicSettings.deadLetters(1);
        assertThat(settings)
                .containsEntry(TopicConfig.CLEANUP_POLICY_CONFIG, "delete")
                .containsEntry(TopicConfig.RETENTION_MS_CONFIG, "" + 7 * DAY_MS);
        assertThat(bytes(settings))
                .isGreaterThan(
                        bytes(TopicSettings.log(History.HISTORY_COMPACT, 1, Map.of())) + 32 * 1024);
    }

    private static int bytes(Map<String, String> settings) {
        return Integer.parseInt(settings.getOrDefault(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "0"));
    }
}
