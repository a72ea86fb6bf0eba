package io.vectron.bench.index.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * An index over all rows of a data set. One thread builds or opens it; then any number of {@link
 * Search}es go on beside each other. It is alone in its process, so that what is measured is its
 * own.
 */
public interface Engine extends AutoCloseable {

    /** Library and version, and whatever else must be known to judge the figures. */
    String description();

    /**
     * Builds and leaves it open for searches.
     *
     * @param threads threads to build with; fewer if it cannot use them
     * @param folder empty, for what {@link #open} shall find
     * @param progress told the number of rows that are done, by any thread
     */
    void build(int threads, Path folder, IntConsumer progress)
            throws IOException, InterruptedException;

    /**
     * Opens what an earlier {@link #build} left in a folder.
     *
     * @throws UnsupportedOperationException if builds are not kept; see {@link Engines#durable}
     */
    void open(Path folder) throws IOException;

    /** What one thread searches with; only after {@link #build} or {@link #open}. */
    Search search() throws IOException;

    /** What it has counted of its own work, by name; nothing if it counts nothing. */
    default Map<String, Long> counters() {
        return Map.of();
    }

    /** Bytes that searches read or may read: files or memory, the vectors included. */
    long bytes() throws IOException;

    @Override
    void close() throws IOException;

    /** One thread's searches. */
    @FunctionalInterface
    interface Search {
        /**
         * Finds the nearest rows.
         *
         * @param query prepared for the metric, {@code float[dimension]}
         * @param k rows wanted
         * @param ef candidates kept; not below k
         * @param answer takes the rows' numbers, nearest first
         * @return how many were found, at most k
         */
        int nearest(float[] query, int k, int ef, int[] answer) throws IOException;
    }

    /** An engine that takes updates while it is searched. */
    interface Updatable extends Engine {
        /**
         * Writes rows anew and returns when they are searchable; waits while the engine is not
         * ready to take more.
         *
         * @param rows numbers of the rows
         * @param count how many of them, from the first
         * @return nanoseconds that it waited for the engine to take more
         */
        long rewrite(int[] rows, int count) throws IOException, InterruptedException;

        /** Waits until no background work is left. */
        void settle() throws InterruptedException;
    }
}
