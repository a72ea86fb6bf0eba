package io.vectron.placement.run;

import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.plan.ActionResult;
import io.vectron.placement.plan.ChangeAction;
import io.vectron.placement.plan.ChangePlans;
import io.vectron.placement.state.Answer;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.PlacementEntry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one change of a shard's members to its end. Remembers nothing but how patient it has been:
 * each step starts from what is recorded. Owned by one thread.
 */
final class ChangeRun implements Reconciler.Job {
    private static final Logger log = LoggerFactory.getLogger(ChangeRun.class);

    private final String collection;
    private final MemberChange change;
    private final Supplier<Cluster> cluster;
    private final ChangeActions actions;
    private final CommandLog commands;
    private final PlanSettings settings;
    private final Semaphore slots;
    private final Predicate<String> gone;
    private final Backoff backoff;
    private String lastComplaint = "";

    /** What all changes use. */
    record Tools(
            Supplier<Cluster> cluster,
            ChangeActions actions,
            CommandLog commands,
            PlanSettings settings,
            Semaphore slots,
            Predicate<String> gone) {}

    /**
     * @param change the change, at whatever step
     * @param tools what it is carried out with: {@code slots} are taken during an action, never
     *     during a pause; {@code gone} tells whether a worker is given up
     */
    ChangeRun(String collection, MemberChange change, Tools tools) {
        this.collection = collection;
        this.change = change;
        this.cluster = tools.cluster();
        this.actions = tools.actions();
        this.commands = tools.commands();
        this.settings = tools.settings();
        this.slots = tools.slots();
        this.gone = tools.gone();
        this.backoff = new Backoff(settings.firstRetry(), settings.longestRetry());
    }

    /** Names the change among the jobs. */
    static String key(String collection, MemberChange change) {
        return "change-"
                + collection
                + "-"
                + change.getGeneration()
                + "-"
                + change.getShard()
                + "-"
                + change.getEpoch();
    }

    @Override
    public void run() throws InterruptedException {
        while (true) {
            switch (step()) {
                case PlanRun.Step.Moved moved -> {}
                case PlanRun.Step.Pause pause -> Thread.sleep(pause.length());
                case PlanRun.Step.Finished finished -> {
                    return;
                }
                case PlanRun.Step.Deposed deposed -> {
                    return;
                }
            }
        }
    }

    /** Does one action, if there is one to do, and records it. */
    PlanRun.Step step() throws InterruptedException {
        ChangePlans.Target target = target();
        if (target == null) {
            return new PlanRun.Step.Finished();
        }
        ChangeAction action = ChangePlans.next(target);
        ActionResult result;
        slots.acquire();
        try {
            result = actions.run(action);
            if (action instanceof ChangeAction.Add add && target() == null) {
                // The collection's deletion may have removed it before it was added.
                result = actions.run(new ChangeAction.Remove(add.shard().getGroup(), add.joins()));
            }
        } finally {
            slots.release();
        }
        return switch (result) {
            case ActionResult.Done done -> record(ChangePlans.record(target));
            case ActionResult.Identified found ->
                    throw new IllegalStateException("no answer to " + action);
            case ActionResult.NotYet notYet -> {
                log.debug("{}: {}", name(), notYet.reason());
                yield gaveUp(target, action, notYet.reason(), settings.poll());
            }
            case ActionResult.Retry retry ->
                    gaveUp(target, action, retry.reason(), backoff.pause());
            case ActionResult.Lost lost -> {
                PlacementEntry.Builder abandoned = ChangePlans.abandon(target);
                yield abandoned == null
                        ? gaveUp(target, action, lost.reason(), backoff.pause())
                        : giveUp(abandoned, lost.reason());
            }
            case ActionResult.Refused refused ->
                    gaveUp(target, action, refused.failure().toString(), settings.longestRetry());
        };
    }

    private ChangePlans.@Nullable Target target() {
        return ChangePlans.target(
                cluster.get().collection(collection),
                change.getGeneration(),
                change.getShard(),
                change.getEpoch());
    }

    /** Whoever is gone for good is not waited for. */
    private PlanRun.Step gaveUp(
            ChangePlans.Target target, ChangeAction action, String reason, Duration pause)
            throws InterruptedException {
        PlacementEntry.Builder abandoned = ChangePlans.abandon(target);
        if (abandoned != null && cannotBeDone(target, action)) {
            return giveUp(abandoned, "whom it needs is gone: " + reason);
        }
        String complaint = action.getClass().getSimpleName() + " is tried again: " + reason;
        if (!complaint.equals(lastComplaint)) {
            lastComplaint = complaint; // once is enough, however long it lasts
            log.warn("{}: {}", name(), complaint);
        }
        return new PlanRun.Step.Pause(pause);
    }

    private PlanRun.Step giveUp(PlacementEntry.Builder abandoned, String reason)
            throws InterruptedException {
        log.warn("{}: {}: the change is given up", name(), reason);
        return record(abandoned);
    }

    /** A new group is begun without the few that are gone: they are replaced like any other. */
    private boolean cannotBeDone(ChangePlans.Target target, ChangeAction action) {
        List<String> renewed = target.change().getRenewedList();
        if (renewed.isEmpty()) {
            return !action.worker().isEmpty() && gone.test(action.worker());
        }
        long left = renewed.stream().filter(Predicate.not(gone)).count();
        return left * 2 <= renewed.size() || !renewed.stream().allMatch(this::hasAddress);
    }

    private boolean hasAddress(String worker) {
        WorkerNode known = cluster.get().workers().get(worker);
        return known != null && known.hasAddress();
    }

    private PlanRun.Step record(PlacementEntry.Builder command) throws InterruptedException {
        return switch (commands.propose(command)) {
            case Outcome.Answered answered ->
                    switch (answered.answer()) {
                        case Answer.Done done -> {
                            backoff.reset();
                            log.info(
                                    "{}: step {}{}",
                                    name(),
                                    command.getAdvanceChange().getStep(),
                                    command.getAdvanceChange().getOver() ? ", done" : "");
                            yield new PlanRun.Step.Moved();
                        }
                        case Answer.Conflict conflict -> new PlanRun.Step.Moved();
                        case Answer.Unknown unknown -> new PlanRun.Step.Finished();
                        case Answer.NameTaken taken -> throw refused(command, taken);
                        case Answer.Invalid invalid -> throw refused(command, invalid);
                    };
            case Outcome.NotLeader notLeader -> new PlanRun.Step.Deposed();
            case Outcome.Unavailable unavailable -> {
                log.warn("{}: not recorded: {}", name(), unavailable.reason());
                yield new PlanRun.Step.Pause(backoff.pause());
            }
        };
    }

    private String name() {
        return "change of "
                + collection
                + " shard "
                + change.getShard()
                + " ("
                + change.getReason()
                + ")";
    }

    private IllegalStateException refused(PlacementEntry.Builder command, Answer answer) {
        return new IllegalStateException(name() + " asked for what cannot be: " + command + answer);
    }
}
