package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.SearchResponse;
import io.vectron.proto.v1.ShardStatus;
import io.vectron.proto.v1.WriteToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays over a stop of everything, and what the log gives back when a worker lost it. */
@SuppressWarnings("NullAway.Init")
class RestartIT {
    private static final int SHARDS = 2;
    private static final int POINTS = 100;

    @TempDir static Path folder;

    private static SystemFixture system;

    @BeforeAll
    static void start() throws Exception {
        system = SystemFixture.start(folder.resolve("data"));
    }

    @AfterAll
    static void stop() throws Exception {
        system.close();
    }

    @Test
    void everythingIsThereAgainAfterARestart() throws Exception {
        Collection before = fill("kept");

        system.restart(() -> {});

        assertSame("kept", before);
        WriteToken more = system.client().upsert("kept", "one more", Points.point(0, 0));
        SearchResponse found = system.client().search("kept", POINTS + 1, List.of(more), 0, 0);
        assertThat(found.getResultsCount()).isEqualTo(POINTS);
        assertThat(found.getResults(0).getId()).isEqualTo("one more");
    }

    @Test
    void theLogGivesBackWhatAWorkerLost() throws Exception {
        Collection before = fill("lost");
        Path replicated = system.folder().resolve("worker").resolve("raft");
        assertThat(replicated).isDirectory();

        system.restart(() -> delete(replicated));

        assertSame("lost", before);
    }

    @Test
    void theLogGivesBackWhatAWorkerLostWithItsWholeFolder() throws Exception {
        Collection before = fill("forgotten");
        Path worker = system.folder().resolve("worker");
        assertThat(worker).isDirectory();

        system.restart(() -> delete(worker));

        assertSame("forgotten", before);
    }

    /** A collection with {@value #POINTS} points less one, all of them searchable. */
    private static Collection fill(String name) throws Exception {
        system.client().create(name, 2, Metric.METRIC_EUCLIDEAN, SHARDS);
        Map<String, Point> points = new LinkedHashMap<>();
        for (int i = 0; i < POINTS; i++) {
            points.put("p" + i, Points.withText(Integer.toString(i), 1, i));
        }
        system.client().upsert(name, points);
        system.client().upsert(name, "p0", Points.point(2, 2));
        system.client().delete(name, "p1");
        Collection filled = system.client().awaitCaughtUp(name);
        assertThat(filled.getPoints()).isEqualTo(POINTS - 1);
        return filled;
    }

    private static void assertSame(String name, Collection before) throws Exception {
        Collection after = system.client().awaitCaughtUp(name);
        assertThat(after.getFacts()).isEqualTo(before.getFacts());
        assertThat(after.getTopicId()).isEqualTo(before.getTopicId());
        assertThat(after.getPoints()).isEqualTo(before.getPoints());
        assertThat(after.getShardsList().stream().map(ShardStatus::getDigest))
                .containsExactlyElementsOf(
                        before.getShardsList().stream().map(ShardStatus::getDigest).toList());
        SearchResponse found = system.client().search(name, POINTS, List.of(), 2, 2);
        assertThat(found.getResultsCount()).isEqualTo(POINTS - 1);
        assertThat(found.getResults(0).getDistance()).isZero();
    }

    private static void delete(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }
}
