package io.vectron.placement.run;

import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.Failure;
import io.vectron.placement.plan.Action;
import io.vectron.placement.plan.ActionResult;
import io.vectron.placement.plan.Plans;
import io.vectron.placement.state.Answer;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.PlacementEntry;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one collection as far as its plans go. Remembers nothing but how patient it has been: each
 * step starts from what is recorded. Owned by one thread.
 */
final class PlanRun {
    private static final Logger log = LoggerFactory.getLogger(PlanRun.class);

    /** How long dead letters outlive their collection; the retention of their topic. */
    static final Duration KEEP_DEAD_LETTERS = Duration.ofDays(7);

    private final String id;
    private final Supplier<Cluster> cluster;
    private final Actions actions;
    private final CommandLog commands;
    private final PlanSettings settings;
    private final Semaphore slots;
    private final Counts counts;
    private final Backoff backoff;
    private String lastComplaint = "";

    /**
     * @param id the collection
     * @param slots taken during an action, never during a pause: a plan that waits for a dead
     *     worker holds up nobody
     */
    PlanRun(
            String id,
            Supplier<Cluster> cluster,
            Actions actions,
            CommandLog commands,
            PlanSettings settings,
            Semaphore slots,
            Counts counts) {
        this.id = id;
        this.cluster = cluster;
        this.actions = actions;
        this.commands = commands;
        this.settings = settings;
        this.slots = slots;
        this.counts = counts;
        this.backoff = new Backoff(settings.firstRetry(), settings.longestRetry());
    }

    /** What is counted over all plans. */
    record Counts(AtomicLong givenUp, AtomicLong retries) {
        Counts() {
            this(new AtomicLong(), new AtomicLong());
        }
    }

    /** What a step led to. */
    sealed interface Step {
        /** Something was recorded: look again. */
        record Moved() implements Step {}

        /** Nothing was recorded: look again after a pause. */
        record Pause(Duration length) implements Step {}

        /** There is nothing left to do. */
        record Finished() implements Step {}

        /** This member leads no longer. */
        record Deposed() implements Step {}
    }

    /** Does one action, if there is one to do, and records it. */
    Step step() throws InterruptedException {
        CatalogEntry entry = cluster.get().collection(id);
        Action action = entry == null ? null : Plans.next(entry);
        if (entry == null || action == null) {
            return new Step.Finished();
        }
        ActionResult result;
        slots.acquire();
        try {
            result = actions.run(action);
        } finally {
            slots.release();
        }
        return switch (result) {
            case ActionResult.Done done -> record(recording(entry, ""), null);
            case ActionResult.Identified found -> record(recording(entry, found.topicId()), null);
            case ActionResult.NotYet notYet -> {
                log.debug("{}: {}", name(entry), notYet.reason());
                yield new Step.Pause(settings.poll());
            }
            case ActionResult.Retry retry -> pause(entry, action, retry.reason());
            case ActionResult.Lost lost -> pause(entry, action, lost.reason());
            case ActionResult.Refused refused -> refused(entry, action, refused.failure());
        };
    }

    /** Goes on until there is nothing left to do or this member leads no longer. */
    void run() throws InterruptedException {
        while (true) {
            switch (step()) {
                case Step.Moved moved -> {}
                case Step.Pause pause -> Thread.sleep(pause.length());
                case Step.Finished finished -> {
                    return;
                }
                case Step.Deposed deposed -> {
                    return;
                }
            }
        }
    }

    private PlacementEntry.Builder recording(CatalogEntry entry, String topicId) {
        return Plans.record(entry, topicId, commands.nowMs(), KEEP_DEAD_LETTERS);
    }

    private Step refused(CatalogEntry entry, Action action, Failure failure)
            throws InterruptedException {
        if (entry.state() == CollectionState.COLLECTION_STATE_CREATING) {
            counts.givenUp().incrementAndGet();
            log.warn("{}: creation given up: {}", name(entry), failure);
            return record(Plans.giveUp(entry, failure), failure);
        }
        // A deletion has nowhere to go back to; an operator can remove what is in its way.
        log.error("{}: {} was refused: {}", name(entry), what(action), failure);
        return new Step.Pause(settings.longestRetry());
    }

    private Step record(PlacementEntry.Builder command, @Nullable Failure failure)
            throws InterruptedException {
        return switch (commands.propose(command)) {
            case Outcome.Answered answered ->
                    switch (answered.answer()) {
                        case Answer.Done done -> {
                            backoff.reset();
                            yield new Step.Moved();
                        }
                        // Somebody deleted it meanwhile, or the first answer was lost.
                        case Answer.Conflict conflict -> new Step.Moved();
                        case Answer.Unknown unknown -> new Step.Finished();
                        case Answer.NameTaken taken -> throw refusedRecord(command, taken);
                        case Answer.Invalid invalid -> throw refusedRecord(command, invalid);
                    };
            case Outcome.NotLeader notLeader -> new Step.Deposed();
            case Outcome.Unavailable unavailable -> {
                log.warn("{}: not recorded: {} {}", id, unavailable.reason(), failure);
                yield new Step.Pause(backoff.pause());
            }
        };
    }

    private Step pause(CatalogEntry entry, Action action, String reason) {
        counts.retries().incrementAndGet();
        Duration pause = backoff.pause();
        String complaint = what(action) + " is tried again: " + reason;
        if (complaint.equals(lastComplaint)) {
            log.debug("{}: {} in {}", name(entry), complaint, pause);
        } else {
            lastComplaint = complaint; // once is enough, however long it lasts
            log.warn("{}: {}", name(entry), complaint);
        }
        return new Step.Pause(pause);
    }

    private static String name(CatalogEntry entry) {
        return entry.facts().getName() + " (" + entry.id() + ")";
    }

    private static String what(Action action) {
        return action.getClass().getSimpleName();
    }

    private IllegalStateException refusedRecord(PlacementEntry.Builder command, Answer answer) {
        return new IllegalStateException(
                id + ": the plan asked for what cannot be: " + command + answer);
    }
}
