package io.vectron.replication;

import java.util.Objects;

/**
 * Why a replica closed by itself.
 *
 * @param stage what was being done
 * @param cause what went wrong
 */
public record GroupFailure(Stage stage, Throwable cause) {
    /** What a replica was doing. */
    public enum Stage {
        /** Opening its state as the last process left it. */
        OPEN,
        /** Building its state from a checkpoint, or writing one. */
        SNAPSHOT,
        /** Applying an entry. */
        APPLY,
        /** Reading the group's log, or what Ratis keeps beside it. */
        LOG,
        /** Writing the group's log. */
        LOG_WRITE,
        /** Its owner closed it: {@link ReplicationNode#fail}. */
        OWNER
    }

    public GroupFailure {
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(cause, "cause");
    }

    @Override
    public String toString() {
        return stage + ": " + cause;
    }
}
