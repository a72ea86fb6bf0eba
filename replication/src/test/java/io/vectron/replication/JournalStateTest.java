package io.vectron.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

final class JournalStateTest extends ReplicatedStateContract {
    @Override
    protected ReplicatedState newState() {
        return new JournalState();
    }

    @Override
    protected byte[] entry(int n) {
        return ("entry " + n).getBytes(UTF_8);
    }

    @Override
    protected Object contents(ReplicatedState state) {
        return ((JournalState) state).entries();
    }
}
