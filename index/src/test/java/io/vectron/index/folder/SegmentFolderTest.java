package io.vectron.index.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.NewerFormatException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentFolderTest {

    @TempDir Path temp;

    @Test
    void beginsEmpty() throws IOException {
        try (SegmentFolder folder = open()) {
            assertThat(folder.manifest()).isEqualTo(Manifest.EMPTY);
            try (SegmentView view = folder.view()) {
                assertThat(view.segments()).isEmpty();
                assertThat(view.sequence()).isZero();
            }
        }
        assertThat(temp.resolve("shard/MANIFEST")).exists();
    }

    @Test
    void keepsWhatWasPublished() throws IOException {
        try (SegmentFolder folder = open()) {
            folder.publish(Set.of(), List.of(Segments.write(folder, 0, 100)));
            folder.publish(Set.of(), List.of(Segments.write(folder, 100, 250)));
        }
        try (SegmentFolder folder = open();
                SegmentView view = folder.view()) {
            assertThat(view.sequence()).isEqualTo(2);
            assertThat(view.segments()).extracting(s -> s.entry().id()).containsExactly(0L, 1L);
            assertThat(view.segments().get(1).segment().version(0)).isEqualTo(100);
            assertThat(view.segments().get(1).segment().rows()).isEqualTo(150);
            assertThat(folder.draft().id()).isEqualTo(2);
        }
        assertThat(files())
                .containsExactlyInAnyOrder(
                        "LOCK",
                        "MANIFEST",
                        "segment-0000000000000000.vsg",
                        "segment-0000000000000001.vsg");
    }

    @Test
    void aMergeReplacesSegmentsInTheirOrder() throws IOException {
        try (SegmentFolder folder = open()) {
            for (int i = 0; i < 4; i++) {
                folder.publish(Set.of(), List.of(Segments.write(folder, 10 * i, 10 * i + 10)));
            }
            folder.publish(Set.of(1L, 2L), List.of(Segments.write(folder, 10, 30)));
            assertThat(folder.manifest().segments())
                    .extracting(ManifestEntry::id)
                    .containsExactly(0L, 4L, 3L);
            assertThat(files())
                    .contains("segment-0000000000000004.vsg")
                    .doesNotContain("segment-0000000000000001.vsg", "segment-0000000000000002.vsg");
        }
    }

    @Test
    void aViewHoldsItsSegmentsAndTheirFiles() throws IOException {
        try (SegmentFolder folder = open()) {
            folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
            SegmentView old = folder.view();
            SegmentView alsoOld = folder.view();
            folder.publish(Set.of(0L), List.of(Segments.write(folder, 0, 10)));
            old.close();
            old.close(); // lets go once only
            assertThat(alsoOld.segments().getFirst().segment().version(3)).isEqualTo(3);
            assertThat(files()).contains("segment-0000000000000000.vsg");
            SegmentRef gone = alsoOld.segments().getFirst();
            alsoOld.close();
            assertThat(files()).doesNotContain("segment-0000000000000000.vsg");
            assertThat(gone.acquire()).isFalse();
            assertThatThrownBy(() -> gone.segment().version(3))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(gone::release)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("segment-0000000000000000.vsg is released too often");
        }
    }

    @Test
    void closingKeepsFilesAndWaitsForViews() throws IOException {
        SegmentFolder folder = open();
        folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
        SegmentView view = folder.view();
        folder.close();
        folder.close();
        assertThat(view.segments().getFirst().segment().version(3)).isEqualTo(3);
        view.close();
        assertThatThrownBy(folder::view).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(folder::draft).isInstanceOf(IllegalStateException.class);
        assertThat(files()).contains("segment-0000000000000000.vsg");
    }

    @Test
    void readersNeverMeetAClosedSegment() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (SegmentFolder folder = open();
                ExecutorService readers = Executors.newFixedThreadPool(3)) {
            folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                results.add(readers.submit(() -> read(folder, over)));
            }
            try {
                for (long id = 0; id < 60; id++) {
                    folder.publish(Set.of(id), List.of(Segments.write(folder, 0, 10)));
                }
            } finally {
                over.set(true);
            }
            for (Future<Long> result : results) {
                assertThat(result.get()).isPositive();
            }
            assertThat(files()).hasSize(3); // nothing of the former ones is left
        }
    }

    private static long read(SegmentFolder folder, AtomicBoolean over) {
        long read = 0;
        do {
            try (SegmentView view = folder.view()) {
                assertThat(view.segments()).hasSize(1);
                for (int row = 0; row < 10; row++) {
                    assertThat(view.segments().getFirst().segment().version(row)).isEqualTo(row);
                }
                read++;
            }
        } while (!over.get());
        return read;
    }

    @Test
    void disposesOnItsExecutorOrHereIfThatIsStopping() throws IOException {
        List<Runnable> later = new ArrayList<>();
        AtomicBoolean stopping = new AtomicBoolean();
        try (SegmentFolder folder =
                SegmentFolder.open(
                        shard(),
                        task -> {
                            if (stopping.get()) {
                                throw new RejectedExecutionException();
                            }
                            later.add(task);
                        })) {
            folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
            folder.publish(Set.of(0L), List.of());
            assertThat(files()).contains("segment-0000000000000000.vsg");
            assertThat(later).hasSize(1);
            later.forEach(Runnable::run);
            assertThat(files()).doesNotContain("segment-0000000000000000.vsg");
            stopping.set(true);
        }
    }

    @Test
    void removesWhatACrashLeft() throws IOException {
        try (SegmentFolder folder = open()) {
            folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
        }
        Files.write(shard().resolve("segment-00000000000000aa.vsg"), new byte[9]);
        Files.write(shard().resolve("segment-00000000000000ab.vsg.tmp"), new byte[9]);
        Files.write(shard().resolve("MANIFEST.tmp"), new byte[9]);
        Files.write(shard().resolve("notes.txt"), new byte[9]); // not ours
        open().close();
        assertThat(files())
                .containsExactlyInAnyOrder(
                        "LOCK", "MANIFEST", "notes.txt", "segment-0000000000000000.vsg");
    }

    @Test
    void discardsADraft() throws IOException {
        try (SegmentFolder folder = open()) {
            SegmentDraft draft = Segments.write(folder, 0, 10).draft();
            assertThat(draft.file()).exists();
            folder.discard(draft);
            folder.discard(draft);
            assertThat(draft.file()).doesNotExist();
        }
    }

    @Test
    void linksASnapshotThatNoChangeTouches() throws IOException {
        Path snapshot = temp.resolve("snapshot");
        try (SegmentFolder folder = open()) {
            folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
            folder.publish(Set.of(), List.of(Segments.write(folder, 10, 20)));
            folder.link(snapshot);
            Object inode = Files.getAttribute(shard().resolve(name(0)), "unix:ino");
            assertThat(Files.getAttribute(snapshot.resolve(name(0)), "unix:ino")).isEqualTo(inode);
            folder.publish(Set.of(0L, 1L), List.of(Segments.write(folder, 0, 20)));
            assertThatThrownBy(() -> folder.link(snapshot))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(shard().resolve(name(0))).doesNotExist();
        try (SegmentFolder copy = SegmentFolder.open(snapshot, Runnable::run);
                SegmentView view = copy.view()) {
            assertThat(view.sequence()).isEqualTo(2);
            assertThat(view.segments()).hasSize(2);
            assertThat(view.segments().getLast().segment().version(9)).isEqualTo(19);
        }
    }

    @Test
    void hasOneOwnerAtATime() throws IOException {
        try (SegmentFolder folder = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(IOException.class)
                    .hasMessage(shard() + " is in use");
            folder.publish(Set.of(), List.of()); // undisturbed
        }
        open().close();
    }

    @Test
    void saysWhichFileIsMissingShortOrAnother() throws IOException {
        try (SegmentFolder folder = open()) {
            folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
            folder.publish(Set.of(), List.of(Segments.write(folder, 10, 20)));
        }
        Path second = shard().resolve(name(1));
        byte[] sound = Files.readAllBytes(second);
        Files.write(second, Arrays.copyOf(sound, sound.length - 1));
        refuses(second, "it has " + (sound.length - 1) + " bytes");
        Files.copy(shard().resolve(name(0)), second, StandardCopyOption.REPLACE_EXISTING);
        refuses(second, "it is another segment");
        Files.delete(second);
        refuses(second, "it is missing");
        Files.write(second, sound);
        open().close();
        Path manifest = shard().resolve(Manifest.FILE);
        byte[] lines = Files.readAllBytes(manifest);
        Files.write(manifest, new byte[Manifest.MAX_BYTES + 1]);
        refuses(manifest, "too long");
        Files.delete(manifest);
        refuses(manifest, "it is missing, but segments are there");
        Files.write(manifest, lines);
        open().close();
    }

    private void refuses(Path file, String what) {
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        CorruptSegmentException.class, e -> assertThat(e.file()).isEqualTo(file))
                .hasMessageContaining(what);
    }

    @Test
    void refusesALaterManifestAndTouchesNothing() throws IOException {
        Files.createDirectories(shard());
        Files.write(shard().resolve(Manifest.FILE), ManifestTest.summed("vectron-segments 2\n"));
        Files.write(shard().resolve("segment-00000000000000aa.vsg"), new byte[9]);
        assertThatThrownBy(this::open).isInstanceOf(NewerFormatException.class);
        assertThat(files()).contains("segment-00000000000000aa.vsg");
    }

    @Test
    void refusesAChangeThatCannotBe() throws IOException {
        try (SegmentFolder folder = open()) {
            folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
            SegmentFolder.Addition overlapping = Segments.write(folder, 5, 20);
            assertThatThrownBy(() -> folder.publish(Set.of(), List.of(overlapping)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> folder.publish(Set.of(77L), List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("77");
            assertThat(overlapping.draft().file()).exists(); // nothing was touched
            assertThat(folder.manifest().sequence()).isEqualTo(1);
        }
    }

    @Test
    void refusesADraftThatIsNotWhatWasWritten() throws IOException {
        try (SegmentFolder folder = open()) {
            SegmentFolder.Addition addition = Segments.write(folder, 0, 10);
            byte[] bytes = Files.readAllBytes(addition.draft().file());
            bytes[100] ^= 1;
            Files.write(addition.draft().file(), bytes);
            assertThatThrownBy(() -> folder.publish(Set.of(), List.of(addition)))
                    .isInstanceOf(CorruptSegmentException.class);
            assertThat(files()).containsExactlyInAnyOrder("LOCK", "MANIFEST");
            folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
        }
    }

    private static String name(long id) {
        return SegmentDraft.fileName(id);
    }

    private Path shard() {
        return temp.resolve("shard");
    }

    private SegmentFolder open() throws IOException {
        return SegmentFolder.open(shard(), Runnable::run);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(shard())) {
            return all.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
