package io.vectron.standalone.history;

/** What is wrong with a {@link ModelSystem}. */
enum Bug {
    /** Nothing. */
    NONE,
    /** A position is published before the rows that belong to it. */
    EARLY_WATERMARK,
    /** A batch that was applied before is applied again: old versions replace new ones. */
    DROPPED_DEDUPLICATION,
    /** A batch that was read before the log was cut off is applied behind the cut. */
    IGNORED_EPOCH,
    /** After a restart the position is there, but not the latest rows. */
    ROWS_NOT_SYNCED,
    /** After a restart of the broker the latest records are gone, though they were acknowledged. */
    LOG_NOT_SYNCED,
    /** A row vanishes. */
    DELETED_ROW,
    /** A deletion is forgotten. */
    RISEN_ROW,
    /** A replica falls back to an old state while it runs. */
    OLD_STATE,
    /** A read does not wait for the write whose token it was given. */
    IGNORED_TOKEN,
    /** Answers name a moment whose writes they do not all hold. */
    OPTIMISTIC_FRESHNESS,
    /** A write that was not acknowledged in time is appended once more. */
    REPEATED_APPEND
}
