package io.vectron.standalone.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The operations of all clients. It has a limit: what is recorded beyond it is refused, and the
 * caller must end the run. Safe for use by several threads.
 */
public final class History {
    private final int shards;
    private final long limit;
    private final List<Operation> operations = new ArrayList<>(); // by this
    private long weight; // by this

    /**
     * @param shards of the collection
     * @param limit most operations and shown points together
     */
    public History(int shards, long limit) {
        if (shards < 1 || limit < 1) {
            throw new IllegalArgumentException("shards " + shards + ", limit " + limit);
        }
        this.shards = shards;
        this.limit = limit;
    }

    /** Shards of the collection. */
    public int shards() {
        return shards;
    }

    /**
     * Records an operation that has ended.
     *
     * @param operation makes it, given its number
     * @return whether there is room for more
     */
    public synchronized boolean add(LongFunction<? extends Operation> operation) {
        Operation made = operation.apply(operations.size());
        operations.add(made);
        weight += weight(made);
        return weight < limit;
    }

    /** All so far. */
    public synchronized List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** How many there are so far. */
    public synchronized int size() {
        return operations.size();
    }

    /** Whether the limit is reached. */
    public synchronized boolean full() {
        return weight >= limit;
    }

    private static long weight(Operation operation) {
        return switch (operation) {
            case Operation.Write _ -> 1;
            case Operation.Census census -> 1 + census.members().size();
            case Operation.Read read ->
                    switch (read.outcome()) {
                        case Operation.ReadOutcome.Answer answer -> 1 + answer.shown().size();
                        case Operation.ReadOutcome.Failed _ -> 1;
                    };
        };
    }
}
