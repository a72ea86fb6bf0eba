package io.vectron.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vectron.index.MaintenanceReport.Kind;
import io.vectron.index.merge.MergePolicy;
import io.vectron.index.sealed.CorruptSegmentException;
import io.vectron.index.sealed.SegmentFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to sealed segments in the background, and what an operator sees of it. */
class MaintenanceTest {

    private static final int ROWS = 1_000;
    private static final int DIMENSION = 8;
    private static final IndexSpec SPEC =
            new IndexSpec(
                    DIMENSION, Metric.EUCLIDEAN, new IndexLimits(ROWS, 1L << 24, 2, 100, 0, 2_000));

    @TempDir Path root;

    private final BuilderPool pool = new BuilderPool(1);

    @AfterEach
    void stopPool() {
        pool.close();
    }

    private VectorIndex open(IndexOwner owner) {
        return open(SPEC, owner);
    }

    private VectorIndex open(IndexSpec spec, IndexOwner owner) {
        return Indexes.open(spec, root.resolve("index"), owner, pool, 50);
    }

    private static float[] point(Random random) {
        float[] point = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            point[i] = random.nextFloat();
        }
        return point;
    }

    private static void fill(VectorIndex index, int rows) {
        Random random = new Random(9);
        for (int i = 0; i < rows; i++) {
            index.upsert("p" + i, i, point(random), VectorIndex.NONE);
        }
        index.publish(rows);
    }

    private static void seal(VectorIndex index) {
        index.cut();
        index.publish(index.position());
        // The file shows a moment before the task behind it ends; a merge may go on.
        Await.until(
                "sealed",
                () ->
                        index.stats().frozen() == 0
                                && !index.report(0, () -> true).task().contains("seals"));
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("index"))) {
            return files.filter(file -> file.toString().endsWith(".vsg")).findFirst().orElseThrow();
        }
    }

    private static SearchQuery query() {
        return SearchQuery.of(new float[DIMENSION], 10, 50);
    }

    @Test
    void tellsWhatThereIsAndHowWellItIsFound() {
        try (VectorIndex index = open(Indexes.NOBODY)) {
            fill(index, ROWS - 100);
            seal(index);
            index.delete(3, ROWS);
            index.upsert("new", ROWS + 1, new float[DIMENSION], VectorIndex.NONE);
            index.publish(ROWS + 2);
            MaintenanceReport report = index.report(50, () -> true);
            assertThat(report.segments()).hasSize(2);
            assertThat(report.segments().getFirst().kind()).isEqualTo(Kind.SEALED);
            assertThat(report.segments().getFirst().rows()).isEqualTo(ROWS - 100);
            assertThat(report.segments().getFirst().dead()).isOne();
            assertThat(report.segments().getFirst().bytes()).isGreaterThan(ROWS * 100);
            assertThat(report.segments().getLast().kind()).isEqualTo(Kind.HOT);
            assertThat(report.segments().getLast().rows()).isOne();
            assertThat(report.pending()).isOne();
            assertThat(report.task()).isEmpty();
            assertThat(report.recall()).isBetween(0.95, 1.0);
            assertThat(report.sampled()).isEqualTo(50);
            assertThat(report.failure()).isNull();
            assertThat(report.segments().getFirst().format()).isEqualTo(SegmentFormat.VERSION);
            assertThat(report.segments().getLast().format()).isZero();
            assertThat(index.report(0, () -> true).recall()).isNaN();
        }
    }

    @Test
    void samplesNoLongerThanItIsWanted() {
        try (VectorIndex index = open(Indexes.NOBODY)) {
            fill(index, 500);
            AtomicInteger left = new AtomicInteger(7);
            MaintenanceReport report = index.report(500, () -> left.getAndDecrement() > 0);
            assertThat(report.sampled()).isEqualTo(7);
            assertThat(report.recall()).isBetween(0.9, 1.0);
            assertThat(index.report(500, () -> false).recall()).isNaN();
        }
    }

    @Test
    void readsWhatItOpenedBeforeAnybodyAsks() throws IOException {
        try (VectorIndex index = open(Indexes.NOBODY)) {
            fill(index, ROWS);
            seal(index);
        }
        flip(file(), Files.size(file()) / 2);
        try (VectorIndex index = open(Indexes.NOBODY)) {
            index.publish(ROWS);
            // The flipped byte is in a body: found by nobody's search.
            Await.until("found", () -> refuses(index));
            assertThatThrownBy(() -> index.search(query()))
                    .isInstanceOf(CorruptSegmentException.class)
                    .hasMessageContaining("segment-");
        }
    }

    /** The task is given up before it is one: what it holds must be let go all the same. */
    @Test
    void aMergeThatCannotBeginHoldsNoFile() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        assumeThat(maps).as("tells which files are mapped").exists();
        try (VectorIndex index = open(Indexes.NOBODY)) {
            fill(index, ROWS);
            seal(index);
        }
        Path file = file();
        flip(file, floats(file));
        try (VectorIndex index = open(Indexes.NOBODY)) {
            assertThat(Files.readString(maps)).contains(file.toString());
            for (int i = 0; i < ROWS * 3 / 4; i++) {
                index.delete(i, ROWS + i);
            }
            index.publish(2 * ROWS);
            Await.until("tried", () -> index.stats().failure() != null);
            assertThat(index.stats().failure()).contains("Corrupt");
        }
        assertThat(Files.readString(maps)).doesNotContain(file.toString());
    }

    /** Where the first row's floats begin. */
    private static long floats(Path file) throws IOException {
        ByteBuffer first = ByteBuffer.allocate(DIMENSION * Float.BYTES);
        first.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(point(new Random(9)));
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length - first.capacity(); at += 64) {
            if (ByteBuffer.wrap(bytes, at, first.capacity()).equals(first)) {
                return at;
            }
        }
        throw new IllegalStateException("no floats in " + file);
    }

    private static boolean refuses(VectorIndex index) {
        try {
            index.search(SearchQuery.of(new float[DIMENSION], 1, 1));
            return false;
        } catch (CorruptSegmentException e) {
            return true;
        }
    }

    private static void flip(Path file, long at) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.flip();
            ByteBuffer other = ByteBuffer.wrap(new byte[] {(byte) (one.get() ^ 4)});
            channel.write(other, at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void namesEveryLiveRowInPieces() {
        OwnerModel owner = new OwnerModel();
        try (VectorIndex index = open(owner)) {
            Random random = new Random(2);
            for (int i = 0; i < 300; i++) {
                owner.upsert(index, "p" + i % 200, i, point(random));
                if (i == 149 || i == 249) {
                    owner.publish(index, i + 1);
                    index.cut();
                    owner.publish(index, i + 1);
                }
            }
            owner.publish(index, 300);
            Await.until("sealed", () -> index.stats().sealed().segments() == 2);
            List<String> found = new ArrayList<>();
            long next = 0;
            while (next != LiveRows.END) {
                try (LiveRows rows = index.liveRows()) {
                    assertThat(rows.position()).isEqualTo(300);
                    int before = found.size();
                    next =
                            rows.visit(
                                    next,
                                    7,
                                    (id, version) ->
                                            found.add(new String(id, UTF_8) + " " + version));
                    assertThat(found.size() - before).isLessThanOrEqualTo(7);
                }
            }
            List<String> live = new ArrayList<>();
            for (int i = 100; i < 300; i++) {
                live.add("p" + i % 200 + " " + i);
            }
            assertThat(found).isEqualTo(live);
        }
    }

    @Test
    void triesAgainAfterAFailure() {
        OwnerModel owner = new OwnerModel();
        try (VectorIndex index = open(owner)) {
            Random random = new Random(1);
            for (int i = 0; i < 50; i++) {
                owner.upsert(index, "p" + i, i, point(random));
            }
            owner.failNext(Integer.MAX_VALUE);
            owner.publish(index, 50);
            index.cut();
            owner.publish(index, 50);
            Await.until("failed", () -> index.stats().failure() != null);
            assertThat(index.stats().failure()).contains("planted");
            assertThat(index.stats().frozen()).isOne();
            assertThat(index.search(query()).hits()).hasSize(10);
            owner.failNext(0);
            Await.until(
                    "sealed, though nobody writes",
                    () -> index.stats().frozen() == 0 && index.stats().failure() == null);
            assertThat(index.stats().sealed().seals()).isOne();
            assertThat(index.search(query()).hits()).hasSize(10);
        }
    }

    @Test
    void anErrorEndsTheTaskAndNothingIsLost() {
        AtomicInteger calls = new AtomicInteger();
        AtomicBoolean planted = new AtomicBoolean(true);
        IndexOwner failing =
                new IndexOwner() {
                    @Override
                    public void makeDurable(long position) {
                        calls.incrementAndGet();
                        if (planted.get()) {
                            throw new AssertionError("planted");
                        }
                    }

                    @Override
                    public void sealed(long version) {}

                    @Override
                    public void forgetDeaths(long from, long to, long before) {}
                };
        try (VectorIndex index = open(failing)) {
            fill(index, 300);
            index.cut();
            index.publish(300);
            Await.until("failed", () -> index.stats().failure() != null);
            planted.set(false);
            Await.until(
                    "sealed",
                    () -> {
                        index.publish(300);
                        return index.stats().frozen() == 0 && index.stats().failure() == null;
                    });
            assertThat(calls.get()).isGreaterThanOrEqualTo(2);
            assertThat(index.stats().sealed().rows()).isEqualTo(300);
            assertThat(index.search(query()).hits()).hasSize(10);
        }
    }

    /** Else hot segments would fill the memory while millions of rows are merged. */
    @Test
    void aSealDoesNotWaitForAMerge() {
        IndexSpec spec = SPEC.with(new MergePolicy(2, 1_000, 1 << 20, 0.25));
        Random random = new Random(4);
        int[] next = {0};
        try (VectorIndex index =
                Indexes.open(spec, root.resolve("index"), Indexes.NOBODY, pool, 5)) {
            Await.until(
                    "a seal that ended before a merge that had begun",
                    () -> {
                        append(index, next, 900, random);
                        seal(index);
                        long merges = index.stats().sealed().merges();
                        if (!index.report(0, () -> true).task().contains("merges")) {
                            return false;
                        }
                        append(index, next, 10, random);
                        seal(index);
                        return index.stats().sealed().merges() == merges;
                    });
        }
    }

    private static void append(VectorIndex index, int[] next, int rows, Random random) {
        for (int i = 0; i < rows; i++) {
            int row = next[0]++;
            index.upsert("p" + row, row, point(random), VectorIndex.NONE);
        }
        index.publish(next[0]);
    }

    @Test
    void countsWhatItWrites() {
        try (VectorIndex index = open(Indexes.NOBODY)) {
            assertThat(index.stats().sealed().written().amplification()).isZero();
            fill(index, 300);
            seal(index);
            assertThat(index.stats().sealed().written().sealedRows()).isEqualTo(300);
            assertThat(index.stats().sealed().written().mergedRows()).isZero();
            assertThat(index.stats().sealed().written().amplification()).isEqualTo(1);
            whileThePoolWaits(() -> {
                for (int i = 0; i < 100; i++) {
                    index.delete(i, 300 + i);
                }
                index.publish(400);
            });
            Await.until("rewritten", () -> index.stats().sealed().merges() == 1);
            IndexStats.Written written = index.stats().sealed().written();
            assertThat(written.sealedRows()).isEqualTo(300);
            assertThat(written.mergedRows()).isEqualTo(200);
            assertThat(written.mergedBytes()).isEqualTo(index.stats().sealed().bytes());
            assertThat(written.amplification()).isBetween(1.5, 1.9);
        }
    }

    /** Else a merge may begin between a death and its publication, and keep the row. */
    private void whileThePoolWaits(Runnable writes) {
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        try (BuilderPool.Registration blocker =
                pool.register(
                        "blocker",
                        mayTakeLong -> {
                            waits.countDown();
                            Await.until("written", () -> written.getCount() == 0);
                            return false;
                        })) {
            blocker.wake();
            Await.until("the pool waits", () -> waits.getCount() == 0);
            try {
                writes.run();
            } finally {
                written.countDown();
            }
        }
    }

    @Test
    void aFolderHoldsSegmentsOfBothLayouts() {
        OwnerModel owner = new OwnerModel();
        Random random = new Random(5);
        long next = 0;
        for (SegmentLayout layout : List.of(SegmentLayout.COMPACT, SegmentLayout.FUSED)) {
            try (VectorIndex index = open(SPEC.with(layout), owner)) {
                owner.restore(index, next);
                for (int i = 0; i < 400; i++, next++) {
                    owner.upsert(index, "p" + next, next, point(random));
                }
                owner.publish(index, next);
                seal(index);
            }
        }
        try (VectorIndex index = open(SPEC.with(SegmentLayout.COMPACT), owner)) {
            owner.restore(index, next);
            assertThat(layouts(index)).containsExactly(SegmentLayout.COMPACT, SegmentLayout.FUSED);
            assertThat(index.report(100, () -> true).recall()).isGreaterThan(0.95);
            // Rewritten since most rows of it are dead: as is chosen now, whatever it was.
            for (int i = 400; i < 650; i++) {
                owner.delete(index, "p" + i, next++);
            }
            owner.publish(index, next);
            Await.until("rewritten", () -> index.stats().sealed().rows() == 550);
            assertThat(layouts(index))
                    .containsExactly(SegmentLayout.COMPACT, SegmentLayout.COMPACT);
            assertThat(index.report(100, () -> true).recall()).isGreaterThan(0.95);
        }
    }

    private static List<SegmentLayout> layouts(VectorIndex index) {
        return index.report(0, () -> true).segments().stream()
                .map(MaintenanceReport.Segment::layout)
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void theDataChooseTheLayout() {
        SegmentLayout auto = SegmentLayout.AUTO;
        assertThat(auto.records(384, 100_000, 2_048).fused()).isTrue();
        assertThat(auto.records(8, 100_000, 2_048).fused()).isFalse();
        // Too few rows for a walk: their neighbours' codes would never be read.
        assertThat(auto.records(384, 2_047, 2_048).fused()).isFalse();
        assertThat(SegmentLayout.FUSED.records(8, 1, 2_048).fused()).isTrue();
        assertThat(SegmentLayout.COMPACT.records(384, 100_000, 2_048).fused()).isFalse();
    }

    @Test
    void aSnapshotIsAnIndexOfItsOwn() throws IOException {
        OwnerModel owner = new OwnerModel();
        Path snapshot = root.resolve("snapshot");
        List<SearchResult.Hit> expected;
        try (VectorIndex index = open(owner)) {
            Random random = new Random(1);
            for (int i = 0; i < 300; i++) {
                owner.upsert(index, "p" + i, i, point(random));
            }
            owner.publish(index, 300);
            seal(index);
            index.link(snapshot);
            expected = index.search(SearchQuery.exact(new float[DIMENSION], 20)).hits();
            // Merged away here, and still there.
            for (int i = 0; i < 200; i++) {
                owner.delete(index, "p" + i, 300 + i);
            }
            owner.publish(index, 500);
            Await.until("rewritten", () -> index.stats().sealed().rows() == 100);
        }
        try (VectorIndex copy = Indexes.open(SPEC, snapshot, Indexes.NOBODY, pool, 50)) {
            assertThat(copy.restoreFrom()).isEqualTo(300);
            copy.publish(300);
            assertThat(copy.search(SearchQuery.exact(new float[DIMENSION], 20)).hits())
                    .isEqualTo(expected);
        }
    }

    @Test
    void aFolderHasOneIndexAtATime() {
        try (VectorIndex index = open(Indexes.NOBODY)) {
            assertThat(index.position()).isZero();
            assertThatThrownBy(() -> open(Indexes.NOBODY)).hasMessageContaining("in use");
        }
        open(Indexes.NOBODY).close();
    }

    @Test
    void aClosedIndexAnswersNoMore() {
        VectorIndex index = open(Indexes.NOBODY);
        fill(index, 10);
        index.close();
        index.close();
        assertThatThrownBy(() -> index.search(query()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
