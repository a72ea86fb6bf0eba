package io.vectron.index.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A crash before any step of any change leaves the state before it or the one after it. */
class FolderCrashTest {

    @TempDir Path temp;

    @ParameterizedTest(name = "unforced is lost: {0}")
    @ValueSource(booleans = {false, true})
    void leavesTheOldStateOrTheNewOne(boolean losing) throws IOException {
        int step = 0;
        boolean crashed;
        do {
            Path shard = temp.resolve("shard-" + step);
            CrashingFiles files = new CrashingFiles(step++, losing);
            int published = run(shard, files);
            crashed = files.crashed();
            try (SegmentFolder after = SegmentFolder.open(shard, Runnable::run)) {
                long sequence = after.manifest().sequence();
                assertThat(sequence)
                        .as("crash at step %d", step)
                        .isBetween((long) published, published + 1L);
                assertState(shard, after, (int) sequence);
                if (sequence < 3) { // and it goes on
                    change(after, (int) sequence);
                    assertState(shard, after, (int) sequence + 1);
                }
            }
        } while (crashed);
        assertThat(step).isGreaterThan(20);
    }

    /** Returns how many changes came back. */
    private static int run(Path shard, CrashingFiles files) throws IOException {
        int published = 0;
        try (SegmentFolder folder = SegmentFolder.open(shard, Runnable::run, files)) {
            for (int change = 0; change < 3; change++) {
                change(folder, change);
                published++;
            }
        } catch (CrashingFiles.Crash e) {
            assertThat(files.crashed()).isTrue();
        }
        return published;
    }

    private static void change(SegmentFolder folder, int number) throws IOException {
        switch (number) {
            case 0 -> folder.publish(Set.of(), List.of(Segments.write(folder, 0, 10)));
            case 1 ->
                    folder.publish(
                            Set.of(),
                            List.of(
                                    Segments.write(folder, 10, 20),
                                    Segments.write(folder, 20, 30)));
            case 2 -> folder.publish(Set.of(0L, 1L), List.of(Segments.write(folder, 0, 20)));
            default -> throw new IllegalArgumentException("change " + number);
        }
    }

    private static void assertState(Path shard, SegmentFolder folder, int changes)
            throws IOException {
        List<Long> starts =
                switch (changes) {
                    case 0 -> List.of();
                    case 1 -> List.of(0L);
                    case 2 -> List.of(0L, 10L, 20L);
                    case 3 -> List.of(0L, 20L);
                    default -> throw new IllegalArgumentException("changes " + changes);
                };
        assertThat(folder.manifest().segments()).extracting(ManifestEntry::from).isEqualTo(starts);
        try (SegmentView view = folder.view();
                Stream<Path> files = Files.list(shard)) {
            for (SegmentRef held : view.segments()) {
                long rows = held.entry().to() - held.entry().from();
                assertThat(held.segment().rows()).isEqualTo((int) rows);
            }
            assertThat(files.filter(file -> file.toString().contains("segment-")))
                    .hasSize(starts.size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void afterAFailureTheFolderGoesOnOrSaysThatItCannot(int step) throws IOException {
        Path shard = temp.resolve("shard");
        SegmentFolder.open(shard, Runnable::run).close();
        CrashingFiles files = new CrashingFiles(step, false);
        try (SegmentFolder folder = SegmentFolder.open(shard, Runnable::run, files)) {
            assertThatThrownBy(() -> change(folder, 0)).isInstanceOf(CrashingFiles.Crash.class);
            assertThat(folder.manifest()).isEqualTo(Manifest.EMPTY);
            if (step < 4) { // rename, force folder, write and force the manifest: it is the old one
                assertThat(folder.draft().id()).isEqualTo(1);
            } else {
                assertThatThrownBy(folder::draft)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("open the folder anew");
            }
        }
    }
}
