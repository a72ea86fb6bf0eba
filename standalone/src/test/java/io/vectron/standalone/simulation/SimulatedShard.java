package io.vectron.standalone.simulation;

import com.google.protobuf.ByteString;
import io.vectron.ingest.lane.Reply;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.SetEpoch;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.ApplyResult;
import io.vectron.worker.shard.PointIndex;
import io.vectron.worker.shard.ShardCore;
import io.vectron.worker.shard.ShardFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A replica: the real state machine over a store that forgets and a Raft log that does not. An
 * entry that is in the Raft log is applied again after a crash.
 */
final class SimulatedShard {
    private final ShardFacts facts;
    private final Supplier<PointIndex> indexes;
    private final UnaryOperator<ApplyBatch> sabotage;
    private final MemoryStore store = new MemoryStore();
    private final List<ShardEntry> raftLog = new ArrayList<>();
    private @Nullable ShardCore core;

    /**
     * @param indexes makes an empty index at each start
     * @param sabotage changes a batch before it is proposed, to plant a bug; else the identity
     */
    SimulatedShard(
            ShardFacts facts, Supplier<PointIndex> indexes, UnaryOperator<ApplyBatch> sabotage) {
        this.facts = facts;
        this.indexes = indexes;
        this.sabotage = sabotage;
        start();
    }

    MemoryStore store() {
        return store;
    }

    boolean isUp() {
        return core != null;
    }

    long position() {
        return up().state().position();
    }

    long epoch() {
        return up().state().epoch();
    }

    /** Ends without a word; what was not flushed is lost. */
    void kill() {
        core = null;
        store.crash();
    }

    /** Comes back on what the disk holds. */
    void start() {
        try {
            ShardCore opened = ShardCore.open(facts, store, indexes.get());
            core = opened;
            for (int index = 0; index < raftLog.size(); index++) {
                RaftPosition at = new RaftPosition(1, index);
                if (at.isAfter(opened.state().applied())) {
                    opened.apply(at, raftLog.get(index));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loses its disk, Raft log included: a new incarnation that replays from zero. */
    void wipe() {
        core = null;
        store.wipe();
        raftLog.clear();
        start();
    }

    /** Logs the batch; the caller may kill the shard before {@link #apply}. */
    RaftPosition log(ApplyBatch batch) {
        raftLog.add(ShardEntry.newBuilder().setApplyBatch(sabotage.apply(batch)).build());
        return new RaftPosition(1, raftLog.size() - 1);
    }

    /** Applies the entry logged last. */
    Reply apply(RaftPosition at) {
        return reply(applyEntry(at));
    }

    /** Fences senders of the present epoch. */
    void raiseEpoch() {
        SetEpoch raise = SetEpoch.newBuilder().setEpoch(epoch() + 1).build();
        raftLog.add(ShardEntry.newBuilder().setSetEpoch(raise).build());
        applyEntry(new RaftPosition(1, raftLog.size() - 1));
    }

    private ApplyResult applyEntry(RaftPosition at) {
        try {
            return up().apply(at, raftLog.get((int) at.index()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Versions of those of the ids that have a row. */
    Reply versions(List<ByteString> ids) {
        Map<ByteString, Long> found = new HashMap<>();
        Map<String, Long> versions = store.versions();
        for (ByteString id : ids) {
            Long version = versions.get(id.toStringUtf8());
            if (version != null) {
                found.put(id, version);
            }
        }
        return new Reply.Versions(found);
    }

    private ShardCore up() {
        ShardCore running = core;
        if (running == null) {
            throw new IllegalStateException("the shard is down");
        }
        return running;
    }

    private static Reply reply(ApplyResult result) {
        return switch (result) {
            case ApplyResult.Applied(long position) -> new Reply.Applied(position);
            case ApplyResult.StaleEpoch(long current) -> new Reply.StaleEpoch(current);
            case ApplyResult.Gap(long expected) -> new Reply.Gap(expected);
            case ApplyResult.WrongTopic(String expected) -> new Reply.WrongTopic(expected);
            case ApplyResult.Invalid(String message) -> new Reply.Invalid(message);
            case ApplyResult.Halted(String topicId, Halt why) -> new Reply.Halted(why.toString());
            case ApplyResult.GoesOn(long position) ->
                    throw new IllegalStateException("a batch was answered by a report's answer");
            case ApplyResult.EpochIs(long epoch) ->
                    throw new IllegalStateException("a batch was answered by epoch " + epoch);
            case ApplyResult.Sealed(long position) ->
                    throw new IllegalStateException("a batch was answered by a cut at " + position);
            case ApplyResult.Compared(long position) ->
                    throw new IllegalStateException(
                            "a batch was answered by a comparison at " + position);
        };
    }

    /** A planted bug: a batch that was applied before is applied once more, as if it were new. */
    static UnaryOperator<ApplyBatch> withoutDeduplication() {
        return new UnaryOperator<>() {
            private long next; // where the bugged shard believes the log to go on

            @Override
            public ApplyBatch apply(ApplyBatch batch) {
                long shift = Math.max(0, next - batch.getFrom());
                ApplyBatch.Builder moved = batch.toBuilder().setFrom(batch.getFrom() + shift);
                moved.setTo(batch.getTo() + shift).clearRecords();
                for (LogRecord record : batch.getRecordsList()) {
                    moved.addRecords(record.toBuilder().setOffset(record.getOffset() + shift));
                }
                next = moved.getTo();
                return moved.build();
            }
        };
    }
}
