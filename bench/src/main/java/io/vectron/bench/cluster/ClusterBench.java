package io.vectron.bench.cluster;

import static java.util.Map.entry;

import io.vectron.bench.cluster.apply.ReplicateCase;
import io.vectron.bench.report.Report;
import io.vectron.bench.report.Report.Target;
import io.vectron.bench.run.Vectors;
import io.vectron.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What replicas cost and how a cluster takes losses, on this machine. */
public final class ClusterBench {
    /** Name on the command line. */
    public static final String NAME = "cluster";

    /** Cases in the order they run. */
    public static final List<String> CASES = List.of("replicate", "failover", "idle", "new-member");

    /** What to reach on two cores. */
    static final Map<String, Target> TARGETS =
            Map.ofEntries(
                    entry("replicate.ratio", new Target.AtLeast(0.5)),
                    entry("failover.failover_ms_p50", new Target.AtMost(4_000)),
                    entry("failover.failover_ms_max", new Target.AtMost(8_000)),
                    entry("failover.failed_searches", new Target.AtMost(0)),
                    entry("failover.refused_writes", new Target.AtMost(0)),
                    entry("idle.workers_core_percent", new Target.AtMost(30)),
                    entry("idle.threads_per_member", new Target.AtMost(8)),
                    entry("idle.direct_mb_per_member", new Target.AtMost(1.5)),
                    entry("new-member.p99_ratio", new Target.AtMost(2)),
                    entry("new-member.failed_searches", new Target.AtMost(0)),
                    entry("new-member.rebuilt_rows", new Target.AtMost(0)));

    private final Path scratch;
    private final Vectors vectors;
    private final Size size;
    private final Screen screen;

    /**
     * How much to do.
     *
     * @param rows rows of case replicate
     * @param kills leaders to kill
     * @param shards idle shards
     * @param idleSeconds how long idle shards are looked at
     * @param memberMegabytes vectors of the shard that gets a new member
     */
    public record Size(int rows, int kills, int shards, int idleSeconds, int memberMegabytes) {
        public Size {
            if (rows < 2 || kills < 1 || shards < 1 || idleSeconds < 1 || memberMegabytes < 1) {
                throw new IllegalArgumentException(
                        "sizes must be 1 or more, rows 2 or more: "
                                + List.of(rows, kills, shards, idleSeconds, memberMegabytes));
            }
        }
    }

    /**
     * @param scratch folder for data; the caller deletes it
     */
    public ClusterBench(Path scratch, Vectors vectors, Size size, Screen screen) {
        this.scratch = scratch;
        this.vectors = vectors;
        this.size = size;
        this.screen = screen;
    }

    /** Runs the cases and adds what they measure. */
    public void run(Set<String> cases, Report report) throws IOException, InterruptedException {
        if (cases.contains("replicate")) {
            new ReplicateCase(NAME, scratch, vectors, size.rows(), ReplicateCase.ROUNDS, screen)
                    .measure()
                    .forEach(report::add);
        }
        if (cases.contains("failover")) {
            report.add(new FailoverCase(scratch, vectors, size.kills(), screen).measure());
        }
        if (cases.contains("idle")) {
            report.add(new IdleCase(scratch, size.shards(), size.idleSeconds(), screen).measure());
        }
        if (cases.contains("new-member")) {
            report.add(
                    new NewMemberCase(scratch, vectors, size.memberMegabytes(), screen).measure());
        }
    }
}
