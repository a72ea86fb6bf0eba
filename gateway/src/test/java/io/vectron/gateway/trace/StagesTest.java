package io.vectron.gateway.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.v1.Stage;
import io.vectron.proto.v1.StageName;
import io.vectron.proto.worker.v1.RecordJourney;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StagesTest {
    private static final Stages.Logged LOGGED = new Stages.Logged(Instant.ofEpochSecond(1), false);
    private static final RecordJourney REMEMBERED =
            RecordJourney.newBuilder()
                    .setPosition(8)
                    .setRemembered(true)
                    .setRemembersSinceMs(500)
                    .setJudgedAtMs(2_000)
                    .setSentAtMs(3_000)
                    .setCommittedAtMs(4_000)
                    .setAppliedAtMs(5_000)
                    .setSearchableAtMs(6_000)
                    .build();

    @Test
    void whatTheShardHasNotPassedIsOnlyLogged() {
        List<Stage> stages = Stages.of(LOGGED, 8, REMEMBERED, new Verdict.Unknown());

        assertThat(stages).hasSize(1);
        assertThat(stages.getFirst().getName()).isEqualTo(StageName.STAGE_NAME_LOGGED);
    }

    @Test
    void whatIsRememberedHasItsTimes() {
        List<Stage> stages = Stages.of(LOGGED, 7, REMEMBERED, Verdict.of(REMEMBERED));

        assertThat(stages.stream().map(one -> one.getAt().getSeconds()))
                .containsExactly(1L, 2L, 4L, 5L, 6L);
        assertThat(stages).noneMatch(Stage::getBefore);
        assertThat(stages.get(1).getName()).isEqualTo(StageName.STAGE_NAME_VALIDATED);
    }

    @Test
    void whatWasRejectedNamesTheRule() {
        RecordJourney rejected = REMEMBERED.toBuilder().setRejectedBy("vector_zero").build();

        Stage stage = Stages.of(LOGGED, 7, rejected, Verdict.of(rejected)).get(1);

        assertThat(stage.getName()).isEqualTo(StageName.STAGE_NAME_REJECTED);
        assertThat(stage.getRule()).isEqualTo("vector_zero");
    }

    @Test
    void whatIsForgottenWasBeforeTheMemoryBegins() {
        RecordJourney forgotten =
                RecordJourney.newBuilder().setPosition(8).setRemembersSinceMs(9_000).build();

        List<Stage> stages = Stages.of(LOGGED, 7, forgotten, new Verdict.Accepted(null));

        assertThat(stages.getFirst().getBefore()).isFalse();
        assertThat(stages.subList(1, 5)).allMatch(Stage::getBefore);
        assertThat(stages.subList(1, 5)).allMatch(one -> one.getAt().getSeconds() == 9);
    }

    @Test
    void aVerdictThatNobodyRemembersIsLeftOut() {
        // The batch is remembered, but not what the job said of it.
        RecordJourney untold = REMEMBERED.toBuilder().setJudgedAtMs(0).build();

        assertThat(Verdict.of(untold)).isInstanceOf(Verdict.Unknown.class);
        assertThat(Stages.of(LOGGED, 7, untold, Verdict.of(untold)).stream().map(Stage::getName))
                .containsExactly(
                        StageName.STAGE_NAME_LOGGED,
                        StageName.STAGE_NAME_COMMITTED,
                        StageName.STAGE_NAME_APPLIED,
                        StageName.STAGE_NAME_SEARCHABLE);
    }
}
