package io.vectron.replication;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * Files of one replica's state, below its group's folder:
 *
 * <pre>
 * live/               the open state
 * sm/TERM_INDEX/      finished checkpoints; they appear by a rename and never change
 * sm/tmp-TERM_INDEX/  a checkpoint being written
 * tmp/                a live being rebuilt, a snapshot being received
 * </pre>
 *
 * Used by one thread at a time; only {@link #latest} and {@link #info} may be called by any.
 */
final class Snapshots {
    private static final Pattern FINISHED = Pattern.compile("(\\d{1,18})_(\\d{1,18})");
    private static final String UNFINISHED = "tmp-";

    /** Ratis moves {@code sm} to a name that begins so while it puts a received one in place. */
    private static final String SET_ASIDE = "sm.tmp";

    /** Ratis leaves one beside each file it has received. */
    private static final String DIGEST = ".md5";

    /** Writes a checkpoint into a folder that does not exist yet. */
    interface Writer {
        void write(Path target) throws IOException;
    }

    /** Builds a live folder, which is empty, from a checkpoint. */
    interface Restorer {
        void restore(Path checkpoint, Path live) throws IOException;
    }

    private final Path root;
    private volatile @Nullable SnapshotInfo latest;

    Snapshots(Path groupFolder) {
        this.root = groupFolder;
    }

    Path live() {
        return root.resolve("live");
    }

    /** The name is fixed: Ratis takes the paths of received files relative to it. */
    Path finished() {
        return root.resolve("sm");
    }

    Path temporary() {
        return root.resolve("tmp");
    }

    /** The latest finished checkpoint, for Ratis. */
    @Nullable SnapshotInfo info() {
        return latest;
    }

    RaftPosition latest() {
        SnapshotInfo info = latest;
        return info == null ? RaftPosition.NONE : RaftTypes.position(info.getTermIndex());
    }

    /** After a start: tidies up what a crash left. */
    void recover() throws IOException {
        for (Path path : Folders.list(root)) {
            if (name(path).startsWith(SET_ASIDE)) {
                // A crash between Ratis' two renames: without sm, what was set aside still counts.
                if (Files.exists(finished())) {
                    Folders.delete(path);
                } else {
                    Files.move(path, finished(), StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
        Files.createDirectories(finished());
        for (Path path : Folders.list(finished())) {
            if (name(path).startsWith(UNFINISHED)) {
                Folders.delete(path);
            }
        }
        adopt();
    }

    /** Takes note of the checkpoints in the folder, such as one just received. */
    void adopt() throws IOException {
        Folders.delete(temporary());
        Files.createDirectories(temporary());
        List<Path> paths = checkpoints();
        latest = paths.isEmpty() ? null : describe(paths.getLast());
    }

    /** Makes what was received durable, before anything relies on it. */
    void sync() throws IOException {
        Folders.syncTree(finished());
        Folders.sync(root);
    }

    /** Replaces live by a copy of the latest checkpoint; a crash leaves the one or the other. */
    void rebuildLive(Restorer restorer) throws IOException {
        RaftPosition at = latest();
        if (at.isNone()) {
            throw new IOException("no snapshot to rebuild the state from in " + finished());
        }
        Path rebuilt = temporary().resolve("live");
        Folders.delete(rebuilt);
        Files.createDirectories(rebuilt);
        restorer.restore(folder(at), rebuilt);
        Folders.syncTree(rebuilt);
        Folders.delete(live());
        Files.move(rebuilt, live(), StandardCopyOption.ATOMIC_MOVE);
        Folders.sync(root);
    }

    /** Writes a checkpoint and puts it in place at once, durably. */
    void take(RaftPosition at, Writer writer) throws IOException {
        Path unfinished = finished().resolve(UNFINISHED + folder(at).getFileName());
        Folders.delete(unfinished);
        try {
            writer.write(unfinished);
            if (Folders.files(unfinished).isEmpty()) {
                throw new IOException("the checkpoint at " + at + " has no files");
            }
            Folders.syncTree(unfinished);
            Files.move(unfinished, folder(at), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            try {
                Folders.delete(unfinished);
            } catch (IOException leftover) {
                e.addSuppressed(leftover); // the next start deletes it
            }
            throw e;
        }
        Folders.sync(finished());
        latest = describe(folder(at));
    }

    /** Deletes all but the latest {@code kept} checkpoints. */
    void retain(int kept) throws IOException {
        List<Path> paths = checkpoints();
        for (Path path : paths.subList(0, Math.max(0, paths.size() - kept))) {
            Folders.delete(path);
        }
    }

    private Path folder(RaftPosition at) {
        return finished().resolve(String.format(Locale.ROOT, "%d_%d", at.term(), at.index()));
    }

    /** Finished checkpoints, the oldest first. */
    private List<Path> checkpoints() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path path : Folders.list(finished())) {
            if (FINISHED.matcher(name(path)).matches()) {
                found.add(path);
            }
        }
        found.sort(Comparator.comparing(Snapshots::position));
        return found;
    }

    private static SnapshotInfo describe(Path checkpoint) throws IOException {
        List<FileInfo> files = new ArrayList<>();
        for (Path file : Folders.files(checkpoint)) {
            if (name(file).endsWith(DIGEST)) {
                Files.delete(file);
            } else {
                files.add(new FileInfo(file, null));
            }
        }
        return new FileListSnapshotInfo(files, RaftTypes.raft(position(checkpoint)));
    }

    private static RaftPosition position(Path checkpoint) {
        Matcher matcher = FINISHED.matcher(name(checkpoint));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no checkpoint: " + checkpoint);
        }
        return new RaftPosition(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
