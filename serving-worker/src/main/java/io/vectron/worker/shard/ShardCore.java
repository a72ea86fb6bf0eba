package io.vectron.worker.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.digest.Digest;
import io.vectron.common.digest.DigestAccumulator;
import io.vectron.common.digest.DigestPoints;
import io.vectron.common.digest.Hash128;
import io.vectron.common.digest.RowHash;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.CaughtUp;
import io.vectron.proto.log.v1.DigestVote;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.Seal;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.DigestVotes.Noted;
import io.vectron.worker.shard.DigestVotes.Verdict;
import io.vectron.worker.shard.ShardState.LogPlace;
import io.vectron.worker.shard.StoreWrite.RowChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One shard as a state machine: applies the entries of its Raft log to a {@link PointStore} and a
 * {@link PointIndex}. One thread at a time.
 *
 * <p>The state of an id is a function of its last record alone, so of several records of an id in
 * one batch only the last one is carried out. Rows and state are written in one piece; only then
 * the index takes the rows, and last it publishes the position. A process that dies in between has
 * either everything or nothing of the entry; what the index's files lack comes from the store.
 */
public final class ShardCore {
    private final ShardFacts facts;
    private final PointStore store;
    private final PointIndex index;
    private final DigestAccumulator digest;
    private final DigestVotes votes = new DigestVotes();
    private Verdict verdict = new Verdict.Open();
    private ShardState state;

    private ShardCore(
            ShardFacts facts, PointStore store, PointIndex index, ShardState state, Digest digest) {
        this.facts = facts;
        this.store = store;
        this.index = index;
        this.state = state;
        this.digest = new DigestAccumulator(digest);
    }

    /**
     * A shard as its store knows it, with the index told all that its files lack and the position
     * published. A store that was never written to begins at the shard's first position. The
     * caller goes on owning both.
     *
     * <p>Whether the rows are those that were written is not looked at, since that takes reading
     * each of them: see {@link DigestCheck}.
     *
     * @throws IOException if the store cannot be read, belongs to another shard, holds a row that
     *     no index can take, or is older than the index's files
     */
    public static ShardCore open(ShardFacts facts, PointStore store, PointIndex index)
            throws IOException {
        try (PointView view = store.view()) {
            ShardState found = view.state();
            if (found != null && !found.belongsTo(facts)) {
                throw new IOException("the rows belong to another shard: " + found);
            }
            Restore.all(facts, view, index);
            if (found == null) {
                ShardState first = ShardState.first(facts);
                store.write(new StoreWrite(List.of(), first, Digest.EMPTY));
                index.publish(first.position());
                return new ShardCore(facts, store, index, first, Digest.EMPTY);
            }
            index.publish(found.position());
            // A crash may have brought back what was forgotten before.
            store.forgetRecent(index.restoreFrom());
            return new ShardCore(facts, store, index, found, view.digest());
        }
    }

    /** Where the shard stands. */
    public ShardState state() {
        return state;
    }

    /** What the last entry told of how this member's rows compare with the others'. */
    public Verdict verdict() {
        return verdict;
    }

    /** The digest that was noted last; null if none was since the start. */
    public @Nullable Noted noted() {
        return votes.latest();
    }

    /** The Raft log has moved without an entry of ours. */
    public void advanced(RaftPosition at) {
        if (at.isAfter(state.applied())) {
            state = state.at(at);
        }
    }

    /** Writes down what {@link #advanced} and refused entries left in memory only. */
    public void persist() throws IOException {
        store.write(new StoreWrite(List.of(), state, digest.snapshot()));
    }

    /**
     * Applies an entry. The rules hold in this order: (1) an entry applied before is answered from
     * the state; (2) a batch of an older epoch, (3) of another topic is refused; (4) a batch that
     * ends at or below the position is applied already; (5) a shard that was halted takes nothing
     * more; (6) a batch that begins after the position leaves a gap; (7) all else is written from
     * the position on.
     *
     * @throws IOException if the store cannot be written
     */
    public ApplyResult apply(RaftPosition at, ShardEntry entry) throws IOException {
        if (!at.isAfter(state.applied())) {
            return fromState(entry);
        }
        verdict = new Verdict.Open();
        ApplyResult result =
                switch (entry.getCommandCase()) {
                    case APPLY_BATCH ->
                            applyBatch(at, entry.getStampedAtMs(), entry.getApplyBatch());
                    case SET_EPOCH -> setEpoch(at, entry.getSetEpoch().getEpoch());
                    case SEAL -> seal(entry.getSeal());
                    case DIGEST_POINT -> {
                        votes.note(here());
                        yield new ApplyResult.Compared(state.position());
                    }
                    case DIGEST_VOTE -> vote(entry.getDigestVote());
                    case HALT -> halt(at, entry.getStampedAtMs(), entry.getHalt());
                    case CAUGHT_UP -> caughtUp(at, entry.getCaughtUp());
                    case COMMAND_NOT_SET -> new ApplyResult.Invalid("no known command");
                };
        // Refusals move the Raft position too, in memory: applied again they are refused again.
        state = state.at(at);
        return result;
    }

    private ApplyResult fromState(ShardEntry entry) {
        return switch (entry.getCommandCase()) {
            case APPLY_BATCH -> {
                if (entry.getApplyBatch().getTo() <= state.position()) {
                    yield new ApplyResult.Applied(state.position());
                }
                yield state.halt() == null ? new ApplyResult.Gap(state.position()) : halted();
            }
            case HALT, CAUGHT_UP -> standing();
            case SET_EPOCH -> new ApplyResult.EpochIs(state.epoch());
            case SEAL -> new ApplyResult.Sealed(state.position());
            case DIGEST_POINT, DIGEST_VOTE -> new ApplyResult.Compared(state.position());
            case COMMAND_NOT_SET -> new ApplyResult.Invalid("no known command");
        };
    }

    private ApplyResult setEpoch(RaftPosition at, long epoch) throws IOException {
        if (epoch > state.epoch()) {
            ShardState next = state.at(at).withEpoch(epoch);
            store.write(new StoreWrite(List.of(), next, digest.snapshot()));
            state = next;
        }
        return new ApplyResult.EpochIs(state.epoch());
    }

    /** The first one counts, if the state bears it out. */
    private ApplyResult halt(RaftPosition at, long stampedAtMs, Halt halt) throws IOException {
        if (!Halts.isComplete(halt)) {
            return new ApplyResult.Invalid("a halt without sense: " + halt);
        }
        if (state.halt() == null && Halts.holds(halt, state.position())) {
            ShardState next = state.at(at).halted(halt.toBuilder().setSinceMs(stampedAtMs).build());
            store.write(new StoreWrite(List.of(), next, digest.snapshot()));
            state = next;
        }
        return standing();
    }

    private ApplyResult caughtUp(RaftPosition at, CaughtUp told) throws IOException {
        if (told.getPosition() < 0 || told.getAtMs() < 0) {
            return new ApplyResult.Invalid("caught up without sense: " + told);
        }
        if (state.halt() == null
                && state.position() >= told.getPosition()
                && told.getAtMs() > state.log().caughtUpAtMs()) {
            ShardState next =
                    state.at(at).moved(state.log().caughtUp(told.getAtMs()), state.rows());
            store.write(new StoreWrite(List.of(), next, digest.snapshot()));
            state = next;
        }
        return standing();
    }

    private ApplyResult standing() {
        return state.halt() == null ? new ApplyResult.GoesOn(state.position()) : halted();
    }

    private ApplyResult halted() {
        return new ApplyResult.Halted(facts.topicId(), Objects.requireNonNull(state.halt()));
    }

    /**
     * Writes nothing: where the index is cut is its own affair, and a cut applied again after a
     * crash finds the rows before it in a file, or cuts them off once more.
     */
    private ApplyResult seal(Seal seal) {
        if (seal.getPosition() > state.position()) {
            return new ApplyResult.Invalid(
                    "seal at " + seal.getPosition() + ", the shard is at " + state.position());
        }
        index.cut();
        return new ApplyResult.Sealed(state.position());
    }

    private Noted here() {
        return new Noted(state.position(), digest.snapshot().total(), state.rows());
    }

    /** Which of the members is right is not for the state to say: each judges itself. */
    private ApplyResult vote(DigestVote vote) {
        if (vote.getDigest().size() != Hash128.BYTES
                || vote.getPosition() < 0
                || vote.getRows() < 0
                || vote.getMember().isEmpty()
                || vote.getVoters() < 1) {
            return new ApplyResult.Invalid("a vote without sense: " + vote);
        }
        Hash128 total = Hash128.fromBytes(vote.getDigest().toByteArray(), 0);
        Noted told = new Noted(vote.getPosition(), total, vote.getRows());
        verdict = votes.vote(vote.getMember(), told, vote.getVoters());
        return new ApplyResult.Compared(state.position());
    }

    /**
     * Notes the digest at a digest point that the batch passes. Batches are cut so that none has
     * records on both sides of one; if one does all the same, there is no state at the point.
     */
    private void notePoint(long point, ApplyBatch batch, Noted before) {
        boolean allBefore = true;
        boolean allAfter = true;
        for (LogRecord record : batch.getRecordsList()) {
            if (record.getOffset() >= before.position()) {
                allBefore &= record.getOffset() < point;
                allAfter &= record.getOffset() >= point;
            }
        }
        if (allBefore) {
            votes.note(new Noted(point, digest.snapshot().total(), state.rows()));
        } else if (allAfter) {
            votes.note(new Noted(point, before.digest(), before.rows()));
        }
    }

    private ApplyResult applyBatch(RaftPosition at, long stampedAtMs, ApplyBatch batch)
            throws IOException {
        if (batch.getEpoch() < state.epoch()) {
            return new ApplyResult.StaleEpoch(state.epoch());
        }
        if (!batch.getTopicId().equals(facts.topicId())) {
            return new ApplyResult.WrongTopic(facts.topicId());
        }
        // Positions of another partition must not be compared with ours.
        if (batch.getPartition() != facts.partition()
                || !batch.getGroup().equals(facts.group().toString())) {
            return new ApplyResult.Invalid(
                    "batch of group " + batch.getGroup() + ", partition " + batch.getPartition());
        }
        if (batch.getTo() <= state.position()) {
            return new ApplyResult.Applied(state.position());
        }
        if (state.halt() != null) {
            return halted();
        }
        if (batch.getFrom() > state.position()) {
            return new ApplyResult.Gap(state.position());
        }
        return switch (BatchReader.read(facts.vector(), batch, state.position())) {
            case BatchReader.Batch.Bad(var message) -> new ApplyResult.Invalid(message);
            case BatchReader.Batch.Good(var effects) -> {
                long point = DigestPoints.last(batch.getTo());
                Noted before = point > state.position() ? here() : null;
                write(at, place(stampedAtMs, batch), effects);
                if (before != null) {
                    notePoint(point, batch, before);
                }
                yield new ApplyResult.Applied(state.position());
            }
        };
    }

    private LogPlace place(long stampedAtMs, ApplyBatch batch) {
        boolean caughtUp = batch.getLogEnd() >= 0 && batch.getTo() >= batch.getLogEnd();
        long before = state.log().caughtUpAtMs();
        long begun = state.log().begunAtMs();
        return new LogPlace(
                batch.getTo(),
                batch.hasLeaderEpoch()
                        ? Math.max(LogPlace.NO_EPOCH, batch.getLeaderEpoch())
                        : LogPlace.NO_EPOCH,
                // Leaders' clocks differ: the later of the two.
                caughtUp ? Math.max(before, stampedAtMs) : before,
                begun == 0 ? Math.max(0, stampedAtMs) : begun);
    }

    private void write(RaftPosition at, LogPlace log, SequencedMap<String, Effect> effects)
            throws IOException {
        Map<String, RowMark> marks = store.marks(effects.keySet());
        // The highest offset wins. By the rules before no row is as new as the batch; if one is all
        // the same, replacing it would be worse.
        effects.entrySet().removeIf(e -> isNewer(marks.get(e.getKey()), e.getValue()));
        List<RowChange> changes = new ArrayList<>(effects.size());
        long rows = state.rows();
        for (Map.Entry<String, Effect> e : effects.entrySet()) {
            byte[] id = e.getKey().getBytes(UTF_8);
            RowMark former = marks.get(e.getKey());
            if (former != null) {
                digest.remove(id, former.hash());
                rows--;
            }
            switch (e.getValue()) {
                case Effect.Write(var offset, var point, var vector) -> {
                    Hash128 hash = RowHash.of(id, offset, point.toByteArray());
                    digest.add(id, hash);
                    rows++;
                    StoredRow row = new StoredRow(e.getKey(), new RowMark(offset, hash), point);
                    changes.add(new RowChange.Put(row, former));
                }
                case Effect.Remove(var offset) -> {
                    if (former != null) {
                        changes.add(new RowChange.Remove(e.getKey(), offset, former));
                    }
                }
            }
        }
        ShardState next = state.at(at).moved(log, rows);
        store.write(new StoreWrite(changes, next, digest.snapshot()));
        index(effects, marks);
        index.publish(next.position());
        state = next;
    }

    private static boolean isNewer(@Nullable RowMark row, Effect effect) {
        return row != null && row.version() >= effect.offset();
    }

    private void index(SequencedMap<String, Effect> effects, Map<String, RowMark> marks) {
        effects.forEach((id, effect) -> {
            RowMark former = marks.get(id);
            long superseded = former == null ? PointIndex.NONE : former.version();
            switch (effect) {
                case Effect.Write(var offset, var point, var vector) ->
                        index.upsert(id, offset, vector, superseded);
                case Effect.Remove(var offset) -> {
                    if (former != null) {
                        index.delete(superseded, offset);
                    }
                }
            }
        });
    }
}
