package io.vectron.gateway.fresh;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Tells where logs end. */
public interface LogEnds extends AutoCloseable {

    /**
     * Asks for the ends of partitions: the position after the last record that a reader of
     * committed records can see. Does not block.
     *
     * @return one future a partition. Each ends by itself, within the adapter's own time limit,
     *     with an end that was true at some moment after this call began, or exceptionally: a
     *     partition that cannot be asked never delays the others.
     */
    Map<LogPartition, CompletableFuture<Long>> ends(Set<LogPartition> partitions);

    /**
     * Whether the log can be reached: ends when something that keeps it has answered, else
     * exceptionally, within the adapter's own time limit. Does not block.
     *
     * @return how many machines keep it, at least one
     */
    CompletableFuture<Integer> reach();

    /** Releases connections; futures still open end exceptionally. */
    @Override
    void close();
}
