package io.vectron.index;

/**
 * Threads that may take part in a search of several segments while they have nothing else to do.
 * Whoever owns the threads that search gives it to {@link VectorIndex#search(SearchQuery,
 * Helpers)}.
 */
@FunctionalInterface
public interface Helpers {

    /** Nobody helps: the calling thread searches every segment. */
    Helpers NONE = task -> false;

    /**
     * Starts a task on a thread that is idle, or answers false at once if there is none: it must
     * never wait behind other work, and never block. A task that starts late finds nothing to do.
     * It throws nothing and waits for nothing.
     *
     * @return whether a thread was found
     */
    boolean offer(Runnable task);

    /**
     * How much work makes a helper worth its waking, in floats to be compared; the default is what
     * a core compares in some 150 microseconds. A helper that was woken cost 70 to 140 microseconds
     * of processor time on a virtual machine.
     */
    default long leastFloats() {
        return 1 << 20;
    }
}
