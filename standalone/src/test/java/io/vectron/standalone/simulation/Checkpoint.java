package io.vectron.standalone.simulation;

import java.util.List;

/**
 * A finished checkpoint; it never changes.
 *
 * @param base place in the Raft log, and who had a vote there
 * @param rows all that the store had
 * @param files the segments of the index
 * @param damaged whether it was taken of a damaged member
 * @param unseen whether that is damage that a scrub does not find
 */
record Checkpoint(
        RaftLog.Base base,
        MemoryStore.Contents rows,
        List<Segment.File> files,
        boolean damaged,
        boolean unseen) {}
