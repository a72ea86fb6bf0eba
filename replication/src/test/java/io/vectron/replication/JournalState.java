package io.vectron.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A list of texts that behaves like RocksDB without a write-ahead log: what is applied stays in
 * memory, and only a checkpoint makes it durable. Refuses to apply anything twice.
 */
final class JournalState implements ReplicatedState {
    private static final String CURRENT = "CURRENT";
    private static final String ROWS = "rows";

    /** What a test may break. */
    static final class Faults {
        volatile @Nullable IOException onOpen;
        volatile @Nullable IOException onApply;
        volatile @Nullable IOException onCheckpoint;
        volatile @Nullable IOException onPrepare;
        volatile @Nullable Runnable beforeApply;
    }

    private final Faults faults;
    private final List<String> entries = new CopyOnWriteArrayList<>();
    final List<RaftPosition> opened = new CopyOnWriteArrayList<>();
    final List<RaftPosition> appliedHere = new CopyOnWriteArrayList<>();
    final List<String> preparedBy = new CopyOnWriteArrayList<>(); // names of threads
    final List<Boolean> leadership = new CopyOnWriteArrayList<>();
    private volatile RaftPosition applied = RaftPosition.NONE;
    private @Nullable Path live;

    JournalState() {
        this(new Faults());
    }

    JournalState(Faults faults) {
        this.faults = faults;
    }

    List<String> entries() {
        return List.copyOf(entries);
    }

    @Override
    public RaftPosition open(Path folder) throws IOException {
        raise(faults.onOpen);
        if (live != null) {
            throw new IllegalStateException("open already");
        }
        live = folder;
        entries.clear();
        applied = RaftPosition.NONE;
        if (Files.exists(folder.resolve(CURRENT))) {
            List<String> current = Files.readAllLines(folder.resolve(CURRENT));
            applied =
                    new RaftPosition(
                            Long.parseLong(current.get(0)), Long.parseLong(current.get(1)));
            entries.addAll(Files.readAllLines(folder.resolve(current.get(2))));
        }
        opened.add(applied);
        return applied;
    }

    @Override
    public byte[] apply(RaftPosition at, ByteBuffer entry) throws IOException {
        Runnable before = faults.beforeApply;
        if (before != null) {
            before.run();
        }
        raise(faults.onApply);
        moveTo(at);
        String text = UTF_8.decode(entry).toString();
        entries.add(text);
        appliedHere.add(at);
        return (entries.size() + ":" + text).getBytes(UTF_8);
    }

    @Override
    public void advanced(RaftPosition at) {
        moveTo(at);
    }

    private void moveTo(RaftPosition at) {
        if (live == null) {
            throw new IllegalStateException("applied while closed: " + at);
        }
        if (!at.isAfter(applied)) {
            throw new IllegalStateException("applied again: " + at + " after " + applied);
        }
        applied = at;
    }

    @Override
    public void prepareCheckpoint() throws IOException {
        preparedBy.add(Thread.currentThread().getName());
        raise(faults.onPrepare);
    }

    @Override
    public void checkpoint(RaftPosition at, Path target) throws IOException {
        raise(faults.onCheckpoint);
        Path from = live;
        if (from == null || !at.equals(applied)) {
            throw new IllegalStateException("checkpoint at " + at + ", applied " + applied);
        }
        // In a folder of its own, as an index's files are.
        String rows = ROWS + "/rows-" + at.index() + ".vsg";
        Files.createDirectories(from.resolve(ROWS));
        Files.write(from.resolve(rows), entries);
        Path next = from.resolve("CURRENT.next");
        Files.write(next, List.of(String.valueOf(at.term()), String.valueOf(at.index()), rows));
        Files.move(next, from.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
        Files.createDirectories(target.resolve(ROWS));
        Files.createLink(target.resolve(rows), from.resolve(rows));
        Files.copy(from.resolve(CURRENT), target.resolve(CURRENT));
    }

    @Override
    public void close() {
        live = null;
    }

    @Override
    public void leadership(boolean leader, long term) {
        leadership.add(leader);
    }

    private static void raise(@Nullable IOException fault) throws IOException {
        if (fault != null) {
            throw fault;
        }
    }

    /** For messages of assertions. */
    @Override
    public String toString() {
        return new ArrayList<>(entries) + "@" + applied;
    }
}
