package io.vectron.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The state machine of one group, as its owner sees it. Given the same entries in the same order,
 * every member must reach the same state and give the same answers: no clock, no randomness, no
 * look at the outside in {@link #apply}.
 *
 * <p>Threads: {@link #open}, {@link #apply}, {@link #advanced}, {@link #checkpoint}, {@link
 * #restore} and {@link #close} never run at the same time as one another, and each sees what the
 * former one did. {@link #leadership} and {@link #prepareCheckpoint} may come from any thread, at
 * any time.
 *
 * <p>Life: {@code open (apply | advanced | checkpoint)* close}, any number of times: a member that
 * has fallen behind is closed, gets a checkpoint of the leader put under {@code live}, and is
 * opened again.
 */
public interface ReplicatedState extends AutoCloseable {
    /**
     * Opens, or creates, the state in the folder {@code live}, which exists.
     *
     * @return the last position of which every effect, and that of all before it, is durable;
     *     {@link RaftPosition#NONE} if nothing is. Entries after it are applied again.
     */
    RaftPosition open(Path live) throws IOException;

    /**
     * Applies one entry; called once for each, in order, and only for positions after the one that
     * {@link #open} returned. A refusal is an ordinary answer, which every member gives alike.
     *
     * @param entry read-only, valid only during the call
     * @return the answer to the proposer
     * @throws IOException only if the state can no longer be written: this member's replica closes
     *     and does not come back before a restart. Any unchecked exception does the same.
     */
    byte[] apply(RaftPosition at, ByteBuffer entry) throws IOException;

    /** The log has moved to {@code at} without an entry of ours: new leader, other members. */
    void advanced(RaftPosition at);

    /**
     * Writes a checkpoint of all that is applied into {@code target}, a folder that does not exist
     * yet on the same file system as {@code live}. {@link #open} on a restored copy of it must
     * return {@code at} and the files must never change afterwards (hard links to files that are
     * themselves never changed are welcome). At least one file, none named {@code *.md5}. They
     * need not be synced: the caller does that.
     *
     * @param at position of the last call of {@link #apply} or {@link #advanced}
     */
    void checkpoint(RaftPosition at, Path target) throws IOException;

    /**
     * Does ahead what would keep a checkpoint long, such as writing out what is in memory, so that
     * no more than what is applied meanwhile is left to it. Comes before most checkpoints, from a
     * thread of its own and at the same time as any other call, {@link #close} included. By default
     * there is nothing to do.
     *
     * @throws IOException if it failed; the checkpoint is tried all the same
     */
    default void prepareCheckpoint() throws IOException {}

    /**
     * Builds {@code live}, which exists and is empty, from a finished checkpoint, which must stay
     * as it is. By default {@code *.sst} and {@code *.vsg} files, which nobody ever changes, are
     * hard-linked and all others copied, folders included.
     */
    default void restore(Path checkpoint, Path live) throws IOException {
        Folders.linkOrCopy(checkpoint, live);
    }

    /** Releases all files. Closing what is not open does nothing; {@link #open} may follow. */
    @Override
    void close() throws IOException;

    /**
     * This member began to lead, and has applied all that earlier leaders committed; or it leads no
     * longer. Must not block. Advice only: a leader that was cut off learns it late.
     *
     * @param term the term that began or, when leadership is lost, the newest known
     */
    default void leadership(boolean leader, long term) {}

    /**
     * This member's replica closes by itself and answers nothing from now on; {@link #close}
     * follows, if it was open. Called once, from any thread. Must not block.
     */
    default void failed(GroupFailure failure) {}
}
