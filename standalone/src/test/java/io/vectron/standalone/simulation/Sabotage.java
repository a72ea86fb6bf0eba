package io.vectron.standalone.simulation;

import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.DigestVote;
import io.vectron.proto.log.v1.LogRecord;
import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.ShardState;
import org.jspecify.annotations.Nullable;

/**
 * Plants a bug around the state machine of a replica, which is the real one and has none: what it
 * is given is changed so that it does what it would do if it had.
 */
final class Sabotage {
    private final Bug bug;
    private @Nullable Checkpoint synced;

    Sabotage(Bug bug) {
        this.bug = bug;
    }

    /** The entry as the state machine is given it. */
    ShardEntry entry(RaftPosition at, ShardEntry entry, ShardState state) {
        if (bug == Bug.DROPPED_DEDUPLICATION && entry.hasApplyBatch()) {
            return entry.toBuilder()
                    .setApplyBatch(asIfNew(entry.getApplyBatch(), state.position()))
                    .build();
        }
        if (bug == Bug.IGNORED_EPOCH && entry.hasApplyBatch()) {
            ApplyBatch batch = entry.getApplyBatch();
            long epoch = Math.max(batch.getEpoch(), state.epoch());
            return entry.toBuilder().setApplyBatch(batch.toBuilder().setEpoch(epoch)).build();
        }
        if (bug == Bug.VOTE_COUNTED_TWICE && entry.hasDigestVote()) {
            DigestVote vote = entry.getDigestVote();
            String another = vote.getMember() + "#" + at.index();
            return entry.toBuilder().setDigestVote(vote.toBuilder().setMember(another)).build();
        }
        return entry;
    }

    private static ApplyBatch asIfNew(ApplyBatch batch, long position) {
        long shift = Math.max(0, position - batch.getFrom());
        ApplyBatch.Builder moved = batch.toBuilder().setFrom(batch.getFrom() + shift);
        moved.setTo(batch.getTo() + shift).clearRecords();
        for (LogRecord record : batch.getRecordsList()) {
            moved.addRecords(record.toBuilder().setOffset(record.getOffset() + shift));
        }
        return moved.build();
    }

    /** A checkpoint has a follower: by then it is on the disk, if nobody synced it before. */
    void replaced(@Nullable Checkpoint former) {
        synced = former;
    }

    /** What a checkpoint of the store holds; taking one flushes the store. */
    MemoryStore.Contents checkpoint(MemoryStore store) {
        if (bug != Bug.UNSYNCED_CHECKPOINT) {
            store.makeDurable();
        }
        return store.contents();
    }

    /** The newest checkpoint that is on the disk. */
    @Nullable Checkpoint checkpointAfterCrash(@Nullable Checkpoint latest) {
        return bug == Bug.UNSYNCED_CHECKPOINT ? synced : latest;
    }

    /** The rows as they are unpacked over those that a store has. */
    MemoryStore.Contents unpacked(MemoryStore.Contents sent, MemoryStore over) {
        if (bug == Bug.INSTALL_KEEPS_OLD_ROWS) {
            MemoryStore.Contents mixed = sent.copy();
            mixed.keep(over.contents());
            return mixed;
        }
        if (bug == Bug.ROW_LOST_IN_INSTALL && !sent.rows.isEmpty()) {
            MemoryStore.Contents fewer = sent.copy();
            fewer.lose(fewer.rows.firstEntry().getValue());
            return fewer;
        }
        return sent;
    }
}
