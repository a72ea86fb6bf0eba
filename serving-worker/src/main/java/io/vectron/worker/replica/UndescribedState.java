package io.vectron.worker.replica;

import io.vectron.replication.GroupId;
import io.vectron.replication.RaftPosition;
import io.vectron.replication.ReplicatedState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** State of a group found on the disk that nothing describes: it does not open, all others do. */
final class UndescribedState implements ReplicatedState {
    private final GroupId id;

    UndescribedState(GroupId id) {
        this.id = id;
    }

    @Override
    public RaftPosition open(Path live) throws IOException {
        throw new IOException("no file describes the replica " + id + " found in " + live);
    }

    @Override
    public byte[] apply(RaftPosition at, ByteBuffer entry) throws IOException {
        throw neverOpened();
    }

    @Override
    public void advanced(RaftPosition at) {
        throw new IllegalStateException(neverOpened());
    }

    @Override
    public void checkpoint(RaftPosition at, Path target) throws IOException {
        throw neverOpened();
    }

    @Override
    public void close() {
        // never open
    }

    private IOException neverOpened() {
        return new IOException("the replica " + id + " never opened");
    }
}
