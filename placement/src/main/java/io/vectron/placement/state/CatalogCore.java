package io.vectron.placement.state;

import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.DeadLetters;
import io.vectron.placement.model.Failure;
import io.vectron.placement.model.WorkerNode;
import io.vectron.proto.log.v1.AdvanceCollection;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.ForgetCollection;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.RecordCollection;
import org.jspecify.annotations.Nullable;

/**
 * The state machine: a cluster and an entry give a cluster and an answer, on every member alike.
 * Reads no clock and draws no ids; the leader stamped both into the entry.
 *
 * <p>An entry whose answer was lost is proposed again, so each command may come twice: a record
 * with the same id, or a worker with the same address, is simply done; a second move or removal is
 * told apart by the version that it expects.
 */
public final class CatalogCore {
    private CatalogCore() {}

    /**
     * Applies one entry.
     *
     * @throws IllegalStateException if the entry holds no command that this version knows: skipping
     *     it would make members differ, so the replica has to stop
     */
    public static Transition apply(Cluster cluster, PlacementEntry entry) {
        return switch (entry.getCommandCase()) {
            case RECORD_COLLECTION ->
                    recordCollection(cluster, entry.getRecordCollection(), entry.getStampedAtMs());
            case ADVANCE_COLLECTION -> advance(cluster, entry.getAdvanceCollection());
            case FORGET_COLLECTION -> forget(cluster, entry.getForgetCollection());
            case RECORD_WORKER -> recordWorker(cluster, entry);
            case FORGET_TOPIC ->
                    cluster.deadLetters().containsKey(entry.getForgetTopic().getTopic())
                            ? unseen(cluster.withoutDeadLetters(entry.getForgetTopic().getTopic()))
                            : unseen(cluster);
            case BEGIN_CHANGE -> ChangeCore.begin(cluster, entry.getBeginChange());
            case ADVANCE_CHANGE -> ChangeCore.advance(cluster, entry.getAdvanceChange());
            case COMMAND_NOT_SET ->
                    throw new IllegalStateException(
                            "placement's log holds a command of a newer version: " + entry);
        };
    }

    private static Transition recordCollection(
            Cluster cluster, RecordCollection command, long stampedAtMs) {
        CollectionFacts facts = command.getFacts().toBuilder().setCreatedAtMs(stampedAtMs).build();
        if (cluster.collection(facts.getId()) != null) {
            return unseen(cluster); // the answer to the first proposal was lost; ids are random
        }
        CatalogEntry holder = cluster.find(facts.getTenant(), facts.getName());
        if (holder != null) {
            return refused(cluster, new Answer.NameTaken(holder.id()));
        }
        CatalogRecord record =
                CatalogRecord.newBuilder()
                        .setFacts(facts)
                        .setState(CollectionState.COLLECTION_STATE_CREATING)
                        .addGenerations(command.getGeneration())
                        .build();
        try {
            return seen(cluster.with(new CatalogEntry(record, 0, 1, null)));
        } catch (IllegalArgumentException invalid) {
            return refused(cluster, new Answer.Invalid(String.valueOf(invalid.getMessage())));
        }
    }

    private static Transition advance(Cluster cluster, AdvanceCollection command) {
        CatalogEntry entry = cluster.collection(command.getId());
        if (entry == null) {
            return refused(cluster, new Answer.Unknown());
        }
        if (entry.version() != command.getExpectedVersion()) {
            return refused(cluster, new Answer.Conflict(entry.version()));
        }
        String refusal = refusal(entry, command);
        if (refusal != null) {
            return refused(cluster, new Answer.Invalid(entry.id() + " " + refusal));
        }
        CatalogRecord.Builder record = entry.record().toBuilder().setState(command.getState());
        if (!command.getTopicId().isEmpty()) {
            record.setTopicId(command.getTopicId());
        }
        CatalogRecord changed = record.build();
        CatalogEntry next =
                new CatalogEntry(
                        changed,
                        command.getStep(),
                        entry.version() + 1,
                        command.hasFailure() ? Failure.of(command.getFailure()) : entry.failure(),
                        entry.changes());
        return changed.equals(entry.record())
                ? unseen(cluster.with(next))
                : seen(cluster.with(next));
    }

    /** Why a collection may not move so; null if it may. */
    private static @Nullable String refusal(CatalogEntry entry, AdvanceCollection command) {
        String topicId = entry.record().getTopicId();
        if (!command.getTopicId().isEmpty()
                && !topicId.isEmpty()
                && !command.getTopicId().equals(topicId)) {
            return "has topic id " + topicId + ", not " + command.getTopicId();
        }
        CollectionState from = entry.state();
        CollectionState to = command.getState();
        boolean legal =
                switch (to) {
                    case COLLECTION_STATE_CREATING ->
                            from == to && command.getStep() > entry.step();
                    case COLLECTION_STATE_READY ->
                            from == CollectionState.COLLECTION_STATE_CREATING
                                    && command.getStep() == 0
                                    && !topicId.isEmpty();
                    case COLLECTION_STATE_DELETING ->
                            from == to ? command.getStep() > entry.step() : command.getStep() == 0;
                    case COLLECTION_STATE_UNSPECIFIED, UNRECOGNIZED -> false;
                };
        if (!legal) {
            return "cannot go from "
                    + from
                    + " step "
                    + entry.step()
                    + " to "
                    + to
                    + " step "
                    + command.getStep();
        }
        boolean givenUp =
                from == CollectionState.COLLECTION_STATE_CREATING
                        && to == CollectionState.COLLECTION_STATE_DELETING;
        return command.hasFailure() && (!givenUp || command.getFailure().getCode().isEmpty())
                ? "cannot fail in this move"
                : null;
    }

    private static Transition forget(Cluster cluster, ForgetCollection command) {
        CatalogEntry entry = cluster.collection(command.getId());
        if (entry == null) {
            return refused(cluster, new Answer.Unknown());
        }
        if (entry.version() != command.getExpectedVersion()) {
            return refused(cluster, new Answer.Conflict(entry.version()));
        }
        if (entry.state() != CollectionState.COLLECTION_STATE_DELETING
                || command.getDeadLettersUntilMs() < 0) {
            return refused(
                    cluster, new Answer.Invalid(entry.id() + " cannot be forgotten: " + command));
        }
        return seen(
                cluster.withoutCollection(entry.id())
                        .with(
                                new DeadLetters(
                                        entry.facts().getDeadLetterTopic(),
                                        command.getDeadLettersUntilMs())));
    }

    /**
     * An address belongs to the worker that claimed it last. One that lost its disk comes back
     * under a new id at its old address: the old id is forgotten, or kept without an address while
     * replicas are placed on it.
     */
    private static Transition recordWorker(Cluster cluster, PlacementEntry entry) {
        WorkerNode worker;
        try {
            worker = WorkerNode.of(entry.getRecordWorker());
        } catch (IllegalArgumentException invalid) {
            return refused(cluster, new Answer.Invalid(String.valueOf(invalid.getMessage())));
        }
        if (!worker.hasAddress()) {
            return refused(cluster, new Answer.Invalid(worker.id() + " has no address"));
        }
        if (worker.equals(cluster.workers().get(worker.id()))) {
            return unseen(cluster);
        }
        Cluster next = cluster;
        for (WorkerNode other : cluster.workers().values()) {
            if (!other.id().equals(worker.id()) && other.sharesAddress(worker)) {
                boolean empty =
                        cluster.collections().values().stream()
                                .allMatch(collection -> collection.replicasOn(other.id()) == 0);
                next = empty ? next.withoutWorker(other.id()) : next.with(other.withoutAddress());
            }
        }
        return seen(next.with(worker));
    }

    /** A change that readers see, or will see in the next view. */
    static Transition seen(Cluster next) {
        Cluster counted = next.withVersion(next.version() + 1);
        return new Transition(counted, new Answer.Done(counted.version()));
    }

    /** Nothing changed, or nothing that readers see. */
    static Transition unseen(Cluster next) {
        return new Transition(next, new Answer.Done(next.version()));
    }

    static Transition refused(Cluster cluster, Answer answer) {
        return new Transition(cluster, answer);
    }
}
