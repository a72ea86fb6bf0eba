package io.vectron.gateway.trace;

import io.vectron.gateway.letter.LetterMessages;
import io.vectron.proto.v1.Stage;
import io.vectron.proto.v1.StageName;
import io.vectron.proto.worker.v1.RecordJourney;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Puts together what log, job and worker say of one record's way. Pure. */
public final class Stages {

    private Stages() {}

    /**
     * When a record was logged.
     *
     * @param at when
     * @param before whether that is only the latest it can have been
     */
    public record Logged(Instant at, boolean before) {}

    /**
     * The stages that a record has passed.
     *
     * @param logged when the log had it
     * @param offset its offset
     * @param journey what the leader says
     * @param verdict what is known of its judgement
     */
    public static List<Stage> of(
            Logged logged, long offset, RecordJourney journey, Verdict verdict) {
        List<Stage> stages = new ArrayList<>();
        stages.add(stage(StageName.STAGE_NAME_LOGGED, logged.at(), logged.before()));
        if (journey.getPosition() <= offset) {
            return stages;
        }
        // What is applied and not remembered was applied before the leader's memory begins.
        Instant since = Instant.ofEpochMilli(journey.getRemembersSinceMs());
        boolean remembered = journey.getRemembered();
        Instant judged = remembered ? Instant.ofEpochMilli(journey.getCommittedAtMs()) : since;
        switch (verdict) {
            case Verdict.Accepted(Instant at) ->
                    stages.add(
                            stage(
                                    StageName.STAGE_NAME_VALIDATED,
                                    at == null ? judged : at,
                                    at == null));
            case Verdict.Rejected(String rule, Instant at) ->
                    stages.add(
                            stage(
                                            StageName.STAGE_NAME_REJECTED,
                                            at == null ? judged : at,
                                            at == null)
                                    .toBuilder()
                                    .setRule(rule)
                                    .build());
            case Verdict.Unknown() -> {}
        }
        long committedMs = remembered ? journey.getCommittedAtMs() : since.toEpochMilli();
        long appliedMs = remembered ? journey.getAppliedAtMs() : since.toEpochMilli();
        long searchableMs = remembered ? journey.getSearchableAtMs() : since.toEpochMilli();
        stages.add(ms(StageName.STAGE_NAME_COMMITTED, committedMs, !remembered));
        stages.add(ms(StageName.STAGE_NAME_APPLIED, appliedMs, !remembered));
        stages.add(ms(StageName.STAGE_NAME_SEARCHABLE, searchableMs, !remembered));
        return stages;
    }

    private static Stage ms(StageName name, long atMs, boolean before) {
        return stage(name, Instant.ofEpochMilli(atMs), before);
    }

    private static Stage stage(StageName name, Instant at, boolean before) {
        return Stage.newBuilder()
                .setName(name)
                .setAt(LetterMessages.timestamp(at))
                .setBefore(before)
                .build();
    }
}
