package io.vectron.ingest.feed;

/**
 * How the sink steers the source: the handle of one split, carried downstream by the element that
 * opens the feed.
 *
 * <p>Why a handle inside an element and not a registry: source, validation and sink are chained
 * into one task and hand elements over by reference, so the first element of a feed can carry the
 * way back. Nothing static exists that two subtasks or two jobs in one process could mix up, and
 * nothing needs cleaning when a task attempt dies. {@code ElementType} refuses to serialise an
 * element, so a graph that is not chained fails at its first record instead of losing the handle.
 *
 * <p>All methods return at once and may be called from any thread; they take effect with the next
 * poll, in the order of the calls. After the split was removed they do nothing.
 */
public interface FeedControl {
    /** Stops reading; what was fetched already still arrives. */
    void pause();

    /** Reads again. */
    void resume();

    /** Reads from {@code position} on; elements read from there on carry {@code session}. */
    void rewind(long position, long session);

    /** Removes the split from the reader; no further element of it is read. */
    void stop();
}
