package io.vectron.standalone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Real processes under load and faults; every answer is judged. */
class ChaosIT {
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final int LEADER = 0; // an even draw stops the leader of a shard

    @TempDir Path folder;

    @Test
    void stoppedLeadersAndAKilledWorkerViolateNothing() throws Exception {
        List<FaultKind> kinds =
                List.of(
                        FaultKind.STOP_5,
                        FaultKind.KILL_LEADER,
                        FaultKind.STOP_20,
                        FaultKind.STOP_70);
        Iterator<Fault> faults =
                kinds.stream()
                        .map(kind -> new Fault(kind, Duration.ZERO, LEADER, Duration.ZERO))
                        .iterator();
        Outcome outcome = run(2, 1, LONG, faults);
        assertThat(outcome.tallies().keySet()).containsExactlyInAnyOrderElementsOf(kinds);
        for (Tally.Figures figures : outcome.tallies().values()) {
            assertThat(figures.visible()).hasSize(1);
            assertThat(figures.failedReads()).isZero();
        }
    }

    /** All that needs no namespaces: {@code -Dvectron.chaos.minutes=N}, with a seed if wanted. */
    @Test
    @EnabledIfSystemProperty(named = "vectron.chaos.minutes", matches = "\\d+")
    void minutesOfFaultsViolateNothing() throws Exception {
        List<FaultKind> kinds = new ArrayList<>(List.of(FaultKind.values()));
        kinds.removeAll(List.of(FaultKind.CUT, FaultKind.DISK));
        long seed = Long.getLong("vectron.chaos.seed", 1);
        Duration length = Duration.ofMinutes(Long.getLong("vectron.chaos.minutes", 3));
        Outcome outcome = run(4, seed, length, new Schedule(seed, kinds));
        assertThat(outcome.tallies()).isNotEmpty();
    }

    private Outcome run(int shards, long seed, Duration length, Iterator<Fault> faults)
            throws Exception {
        ClusterPlace place =
                new ClusterPlace(folder.resolve("cluster"), PortLayout.free(), 3, null);
        try (ChaosCluster cluster = ChaosCluster.prepare(place, List.of())) {
            cluster.start(service -> {});
            ChaosRun run =
                    new ChaosRun(
                            cluster,
                            new ChaosRun.Settings(seed, shards, length, folder),
                            System.out::println);
            Outcome outcome = run.run(faults);
            List<String> report =
                    new ChaosReport(outcome, "seed " + seed, cluster.impossible()).lines();
            report.forEach(System.out::println);
            assertThat(outcome.good()).as(String.join("\n", report)).isTrue();
            assertThat(outcome.answers()).isPositive();
            assertThat(outcome.writes()).isPositive();
            return outcome;
        }
    }
}
