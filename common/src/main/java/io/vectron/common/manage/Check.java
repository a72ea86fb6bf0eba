package io.vectron.common.manage;

/**
 * Something that must hold for a service to serve.
 *
 * @param name stable, snake_case: {@code kafka}
 * @param look finds out; may block for a moment, but who asks waits no longer than {@link
 *     Readiness#PATIENCE}
 */
public record Check(String name, Look look) {
    /** Finds out how something stands. Any thread, one at a time. */
    @FunctionalInterface
    public interface Look {
        /** How it stands now; an exception means that it is not ready, for the reason it tells. */
        State now() throws Exception;
    }

    /** How something stands. */
    public sealed interface State {
        /** For people. */
        String reason();

        /** It serves. */
        record Ready(String reason) implements State {}

        /** It does not serve, and why. */
        record NotReady(String reason) implements State {}

        /** One or the other; {@code reason} fits both. */
        static State of(boolean ready, String reason) {
            return ready ? new Ready(reason) : new NotReady(reason);
        }
    }

    public Check {
        if (!name.matches("[a-z][a-z0-9_]*")) {
            throw new IllegalArgumentException("no name of a check: " + name);
        }
    }
}
