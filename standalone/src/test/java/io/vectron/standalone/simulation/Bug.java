package io.vectron.standalone.simulation;

/** Bugs that are planted to see that they are caught. */
enum Bug {
    NONE(0),
    /** W is published before the rows are visible. */
    EARLY_WATERMARK(1),
    /** A batch that was applied before is applied as if it were new. */
    DROPPED_DEDUPLICATION(1),
    /** Batches of an old epoch are applied. */
    IGNORED_EPOCH(20),
    /** A checkpoint is only in the page cache when the Raft log before it is let go. */
    UNSYNCED_CHECKPOINT(20),
    /** A segment counts before the deaths that it takes for granted are on the disk. */
    SEALED_BEFORE_FLUSH(20),
    /** A checkpoint links the segments first and copies the rows later. */
    LINKED_BEFORE_ROWS(20),
    /** A merge leaves a live row out. */
    ROW_LOST_IN_MERGE(5),
    /** A row dies while its segment is merged, and lives again in the new one. */
    DEATH_LOST_IN_MERGE(5),
    /** A snapshot arrives with a row too few. */
    ROW_LOST_IN_INSTALL(20),
    /** A snapshot is unpacked over the rows that are there. */
    INSTALL_KEEPS_OLD_ROWS(20),
    /** A vote that is told again counts again. */
    VOTE_COUNTED_TWICE(60),
    /** A member that lost its disk goes on under its old name with an empty log. */
    VOTES_WITH_AN_EMPTY_MEMORY(50);

    private final int seeds;

    Bug(int seeds) {
        this.seeds = seeds;
    }

    /** It is caught by one of so many seeds, the first of all. */
    int seeds() {
        return seeds;
    }
}
