package io.vectron.index.folder;

import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.SealedSegment;
import io.vectron.index.sealed.SegmentSummary;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard's folder of sealed segments, open for one owner. What the manifest names counts; every
 * other file of ours is left over from a crash and removed.
 *
 * <p>A change is a new manifest, written in an order in which a crash at any point leaves the old
 * one or the new one: files under their names, folder forced; manifest under a temporary name,
 * forced, renamed, folder forced. A file that left the manifest goes when its last view is closed.
 *
 * <p>Any thread may call; changes wait for each other, views for nothing.
 */
public final class SegmentFolder implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SegmentFolder.class);
    private static final String LOCK = "LOCK";
    private static final Pattern OURS =
            Pattern.compile("(segment-[0-9a-f]{16}\\.vsg(\\.tmp)?)|" + Manifest.FILE + "\\.tmp");

    private final Path folder;
    private final FolderFiles files;
    private final Executor disposer;
    private final FileChannel lock;
    private volatile State state; // replaced by changes, which are synchronized
    private long nextId; // guarded by this
    private boolean broken; // guarded by this
    private volatile boolean closed; // set by close, before it lets go

    /** A manifest with its segments open, in the same order. */
    private record State(Manifest manifest, List<SegmentRef> segments) {}

    /**
     * A segment that was written and is to be published.
     *
     * @param draft where it was written
     * @param from the first version of its range
     * @param to the first version behind its range
     * @param summary what its writer said
     */
    public record Addition(SegmentDraft draft, long from, long to, SegmentSummary summary) {}

    private SegmentFolder(Path folder, FolderFiles files, Executor disposer, FileChannel lock)
            throws IOException {
        this.folder = folder;
        this.files = files;
        this.disposer = disposer;
        this.lock = lock;
        Manifest manifest = readManifest();
        removeOthers(manifest);
        this.state = new State(manifest, openAll(manifest));
        this.nextId = manifest.nextId();
    }

    /**
     * Opens a folder, which is created if need be, with all of its segments.
     *
     * @param disposer closes and removes what nobody holds any more: the thread that lets go of a
     *     segment last may be a search, and should not wait for the disk
     * @throws CorruptSegmentException if the manifest, or a header or table of a segment, is not as
     *     written, or a file is missing
     * @throws IOException if somebody has the folder already, or it cannot be read, or a later
     *     Vectron wrote it
     */
    public static SegmentFolder open(Path folder, Executor disposer) throws IOException {
        return open(folder, disposer, FolderFiles.disk());
    }

    static SegmentFolder open(Path folder, Executor disposer, FolderFiles files)
            throws IOException {
        Files.createDirectories(folder);
        FileChannel lock = lock(folder);
        boolean opened = false;
        try {
            SegmentFolder open = new SegmentFolder(folder, files, disposer, lock);
            opened = true;
            return open;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            log.debug("{} is open in this process already", folder);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw new IOException(folder + " is in use");
        }
        return channel;
    }

    private Manifest readManifest() throws IOException {
        Path file = folder.resolve(Manifest.FILE);
        byte[] bytes;
        try {
            if (Files.size(file) > Manifest.MAX_BYTES) {
                throw new CorruptSegmentException(
                        file, Manifest.MAX_BYTES, "it is too long for a manifest");
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return begin(file);
        }
        return Manifest.decode(file, bytes);
    }

    // The empty manifest comes before any segment: if there are segments, there was a manifest.
    private Manifest begin(Path file) throws IOException {
        if (!segmentFiles().isEmpty()) {
            throw new CorruptSegmentException(file, 0, "it is missing, but segments are there");
        }
        writeManifest(Manifest.EMPTY);
        return Manifest.EMPTY;
    }

    private List<Path> segmentFiles() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".vsg")).toList();
        }
    }

    private void removeOthers(Manifest manifest) throws IOException {
        Set<String> named =
                manifest.segments().stream()
                        .map(ManifestEntry::fileName)
                        .collect(Collectors.toSet());
        List<Path> left;
        try (Stream<Path> all = Files.list(folder)) {
            left =
                    all.filter(file -> OURS.matcher(name(file)).matches())
                            .filter(file -> !named.contains(name(file)))
                            .toList();
        }
        for (Path file : left) {
            log.info("removing {}, which the manifest does not name", file);
            files.delete(file);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private List<SegmentRef> openAll(Manifest manifest) throws IOException {
        List<SegmentRef> segments = new ArrayList<>();
        boolean complete = false;
        try {
            for (ManifestEntry entry : manifest.segments()) {
                segments.add(open(entry));
            }
            complete = true;
            return List.copyOf(segments);
        } finally {
            if (!complete) {
                segments.forEach(SegmentRef::release);
            }
        }
    }

    private SegmentRef open(ManifestEntry entry) throws IOException {
        Path file = folder.resolve(entry.fileName());
        SealedSegment segment;
        try {
            segment = SealedSegment.open(file);
        } catch (NoSuchFileException e) {
            throw new CorruptSegmentException(file, 0, "it is missing");
        }
        if (!segment.summary().equals(entry.summary())) {
            String found = segment.summary() + " instead of " + entry.summary();
            segment.close();
            throw new CorruptSegmentException(file, 0, "it is another segment: " + found);
        }
        return new SegmentRef(entry, segment, this::dispose);
    }

    /** Takes an id for a new segment and says where to write it. */
    public synchronized SegmentDraft draft() {
        requireOpen();
        return SegmentDraft.of(folder, nextId++);
    }

    /** Removes what was written of a draft that will not be published. */
    public void discard(SegmentDraft draft) throws IOException {
        files.delete(draft.file());
    }

    /**
     * Makes a new manifest: without some segments, with others. When it comes back the new one is
     * on the disk and views see it.
     *
     * @param removed ids of segments of the present manifest
     * @param added written and forced; their ranges overlap with none that stays; if this fails
     *     with an {@code IOException}, they are used up
     * @throws IllegalArgumentException if the new manifest would not be a right one
     * @throws CorruptSegmentException if a file is not what its writer wrote
     * @throws IOException if something cannot be written; the old manifest stays, unless it is
     *     unknown which one is on the disk: then every later change fails, and only opening the
     *     folder anew tells
     */
    public synchronized void publish(Set<Long> removed, List<Addition> added) throws IOException {
        requireOpen();
        State before = state;
        Manifest next = next(before.manifest(), removed, added);
        List<SegmentRef> opened = new ArrayList<>();
        boolean written = false;
        try {
            for (Addition addition : added) {
                opened.add(adopt(addition));
            }
            if (!added.isEmpty()) {
                files.forceFolder(folder);
            }
            writeManifest(next);
            written = true;
        } finally {
            if (!written) {
                opened.forEach(this::withdraw);
            }
        }
        List<SegmentRef> gone = new ArrayList<>();
        List<SegmentRef> segments = new ArrayList<>(opened);
        for (SegmentRef segment : before.segments()) {
            (removed.contains(segment.entry().id()) ? gone : segments).add(segment);
        }
        segments.sort((a, b) -> Long.compare(a.entry().from(), b.entry().from()));
        state = new State(next, List.copyOf(segments));
        gone.forEach(SegmentRef::unlist);
        gone.forEach(SegmentRef::release);
    }

    private Manifest next(Manifest before, Set<Long> removed, List<Addition> added) {
        List<ManifestEntry> entries = new ArrayList<>();
        for (ManifestEntry entry : before.segments()) {
            if (!removed.contains(entry.id())) {
                entries.add(entry);
            }
        }
        if (entries.size() + removed.size() != before.segments().size()) {
            throw new IllegalArgumentException("not all of " + removed + " are in the manifest");
        }
        for (Addition addition : added) {
            entries.add(entry(addition));
        }
        entries.sort((a, b) -> Long.compare(a.from(), b.from()));
        return new Manifest(before.sequence() + 1, nextId, entries);
    }

    private static ManifestEntry entry(Addition addition) {
        return new ManifestEntry(
                addition.draft().id(), addition.from(), addition.to(), addition.summary());
    }

    private SegmentRef adopt(Addition addition) throws IOException {
        ManifestEntry entry = entry(addition);
        Path file = folder.resolve(entry.fileName());
        files.rename(addition.draft().file(), file);
        boolean adopted = false;
        try {
            SegmentRef segment = open(entry);
            adopted = true;
            return segment;
        } finally {
            if (!adopted) {
                files.delete(file);
            }
        }
    }

    private void withdraw(SegmentRef segment) {
        if (!broken) { // else the manifest on the disk may name it
            segment.unlist();
        }
        segment.release();
    }

    private void writeManifest(Manifest manifest) throws IOException {
        Path file = folder.resolve(Manifest.FILE);
        Path draft = folder.resolve(Manifest.FILE + SegmentDraft.SUFFIX);
        files.write(draft, manifest.encode());
        files.force(draft);
        broken = true; // from here until the folder is forced nobody knows which one counts
        files.rename(draft, file);
        files.forceFolder(folder);
        broken = false;
    }

    /** Whether a change failed half way, so that none succeeds before the folder is opened anew. */
    public synchronized boolean isBroken() {
        return broken;
    }

    /** The present manifest. */
    public Manifest manifest() {
        return state.manifest();
    }

    /** Holds the segments of the present manifest. */
    public SegmentView view() {
        while (true) {
            State now = state;
            SegmentView view = SegmentView.of(now.manifest().sequence(), now.segments());
            if (view != null) {
                return view;
            }
            if (closed) {
                throw new IllegalStateException(folder + " is closed");
            }
        }
    }

    /**
     * Gives the manifest and its files second names in another folder: a snapshot, which no later
     * change here touches.
     *
     * @param target on the same file system; created if need be, without a manifest
     * @throws IOException if a link cannot be made; what was linked until then stays
     */
    public synchronized void link(Path target) throws IOException {
        requireOpen();
        Files.createDirectories(target);
        for (ManifestEntry entry : manifest().segments()) {
            files.link(folder.resolve(entry.fileName()), target.resolve(entry.fileName()));
        }
        files.link(folder.resolve(Manifest.FILE), target.resolve(Manifest.FILE));
        files.forceFolder(target);
    }

    /**
     * Lets go of the segments and of the folder. Files stay; maps are closed with their last views.
     */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            state.segments().forEach(SegmentRef::release);
            lock.close();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(folder + " is closed");
        }
        if (broken) {
            throw new IllegalStateException(
                    folder + ": a change failed half way; open the folder anew");
        }
    }

    private void dispose(SegmentRef segment) {
        try {
            disposer.execute(() -> remove(segment));
        } catch (RejectedExecutionException e) { // the owner is stopping
            remove(segment);
        }
    }

    private void remove(SegmentRef segment) {
        try {
            segment.segment().close();
            if (!segment.listed()) {
                files.delete(segment.segment().file());
            }
        } catch (IOException e) {
            log.warn(
                    "cannot remove {}, which is tried again at the next start", segment.entry(), e);
        }
    }
}
