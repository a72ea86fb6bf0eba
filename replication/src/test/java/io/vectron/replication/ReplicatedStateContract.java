package io.vectron.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ReplicatedState} must do; each implementation extends it in its own tests. */
@SuppressWarnings("try") // closing twice is what is tested
public abstract class ReplicatedStateContract {
    @TempDir Path folder;

    /** A state that is not open. */
    protected abstract ReplicatedState newState();

    /** The n-th of a series of entries, each with an effect. */
    protected abstract byte[] entry(int n);

    /** All that is visible of an open state; equal for equal states. */
    protected abstract Object contents(ReplicatedState state);

    @Test
    void opensEmpty() throws IOException {
        try (ReplicatedState state = newState()) {
            assertThat(state.open(live("a"))).isEqualTo(RaftPosition.NONE);
        }
    }

    @Test
    void sameEntriesGiveSameAnswersAndContents() throws IOException {
        try (ReplicatedState a = newState();
                ReplicatedState b = newState()) {
            a.open(live("a"));
            b.open(live("b"));
            for (int i = 0; i < 10; i++) {
                assertThat(apply(a, i)).isEqualTo(apply(b, i));
            }
            assertThat(contents(a)).isEqualTo(contents(b));
        }
    }

    @Test
    void checkpointHoldsAllThatIsApplied() throws IOException {
        try (ReplicatedState a = newState();
                ReplicatedState b = newState()) {
            a.open(live("a"));
            apply(a, 0);
            apply(a, 1);
            RaftPosition at = new RaftPosition(2, 7);
            a.advanced(at);
            a.checkpoint(at, folder.resolve("checkpoint"));
            Object before = contents(a);

            b.restore(folder.resolve("checkpoint"), live("b"));

            assertThat(b.open(folder.resolve("b"))).isEqualTo(at);
            assertThat(contents(b)).isEqualTo(before);
        }
    }

    @Test
    void checkpointNeverChanges() throws IOException {
        try (ReplicatedState a = newState();
                ReplicatedState b = newState();
                ReplicatedState c = newState()) {
            a.open(live("a"));
            byte[] first = apply(a, 0);
            assertThat(first).isNotNull();
            Object before = contents(a);
            a.checkpoint(position(0), folder.resolve("checkpoint"));
            apply(a, 1);
            a.checkpoint(position(1), folder.resolve("later"));

            b.restore(folder.resolve("checkpoint"), live("b"));
            assertThat(b.open(folder.resolve("b"))).isEqualTo(position(0));
            apply(b, 1);
            b.checkpoint(position(1), folder.resolve("of-b"));

            c.restore(folder.resolve("checkpoint"), live("c"));
            assertThat(c.open(folder.resolve("c"))).isEqualTo(position(0));
            assertThat(contents(c)).isEqualTo(before);
        }
    }

    @Test
    void reopensAtADurablePositionAndGoesOnFromThere() throws IOException {
        try (ReplicatedState a = newState();
                ReplicatedState b = newState()) {
            a.open(live("a"));
            for (int i = 0; i < 4; i++) {
                apply(a, i);
            }
            a.checkpoint(position(3), folder.resolve("checkpoint"));
            apply(a, 4);
            Object before = contents(a);
            a.close();

            RaftPosition durable = b.open(folder.resolve("a"));
            assertThat(durable).isIn(position(3), position(4));
            for (int i = (int) durable.index() + 1; i <= 4; i++) {
                apply(b, i);
            }
            assertThat(contents(b)).isEqualTo(before);
        }
    }

    @Test
    void closesTwiceAndOpensAgain() throws IOException {
        try (ReplicatedState state = newState()) {
            state.close();
            state.open(live("a"));
            apply(state, 0);
            state.close();
            state.close();
            assertThat(state.open(live("b"))).isEqualTo(RaftPosition.NONE);
        }
    }

    private byte[] apply(ReplicatedState state, int n) throws IOException {
        return state.apply(position(n), ByteBuffer.wrap(entry(n)).asReadOnlyBuffer());
    }

    private static RaftPosition position(int n) {
        return new RaftPosition(1, n);
    }

    private Path live(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }
}
