package io.vectron.bench.smoke;

import static java.util.Map.entry;

import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Report;
import io.vectron.bench.report.Report.Target;
import io.vectron.bench.run.Session;
import io.vectron.bench.run.Vectors;
import io.vectron.bench.run.VectronProcess;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import io.vectron.standalone.demo.Answer;
import io.vectron.standalone.demo.Demo;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.DataFolder;
import io.vectron.standalone.run.RefusedException;
import io.vectron.standalone.run.Standalone;
import io.vectron.standalone.run.StandaloneConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a newcomer feels: start, demo, freshness and ingest of one process on this machine. */
public final class SmokeBench {
    /** Name on the command line. */
    public static final String NAME = "smoke";

    /** Cases in the order they run. */
    public static final Set<String> CASES =
            Collections.unmodifiableSet(
                    new LinkedHashSet<>(
                            List.of(
                                    "startup",
                                    "cluster",
                                    "command",
                                    "freshness",
                                    "rest",
                                    "ingest",
                                    "demo")));

    /** Cases that share one process. */
    private static final Set<String> LOADED = Set.of("command", "freshness", "rest", "ingest");

    /** What to reach on two cores. */
    public static final Map<String, Target> TARGETS =
            Map.ofEntries(
                    entry("startup.seconds_to_ready", new Target.AtMost(10)),
                    entry("startup.rss_mb", new Target.AtMost(900)),
                    entry("cluster.seconds_to_ready", new Target.AtMost(40)),
                    entry("cluster.rss_mb", new Target.AtMost(2_500)),
                    entry("command.p50_seconds", new Target.AtMost(0.5)),
                    entry("demo.first_answer_seconds", new Target.AtMost(10)),
                    entry("demo.all_searchable_seconds", new Target.AtMost(120)),
                    entry("freshness.p50_ms", new Target.AtMost(50)),
                    entry("freshness.p99_ms", new Target.AtMost(250)),
                    entry("rest.cpu_ratio", new Target.AtMost(2)),
                    entry("ingest.vectors_per_second", new Target.AtLeast(1_500)));

    private static final long DEMO_DEADLINE_SECONDS = 600;
    private static final int STARTS = 3;

    private final Path home;
    private final Path scratch;
    private final Vectors vectors;
    private final Size size;
    private final Screen screen;

    /**
     * How much to load.
     *
     * @param freshnessPoints points sent one at a time
     * @param ingestPoints points sent at once
     * @param shards shards that the ingest is spread over
     */
    public record Size(int freshnessPoints, int ingestPoints, int shards) {
        public Size {
            if (freshnessPoints < 1 || ingestPoints < 1 || shards < 1) {
                throw new IllegalArgumentException("sizes must be 1 or more");
            }
        }
    }

    /**
     * @param home folder of the launcher
     * @param scratch folder for data; the caller deletes it
     */
    public SmokeBench(Path home, Path scratch, Vectors vectors, Size size, Screen screen) {
        this.home = home;
        this.scratch = scratch;
        this.vectors = vectors;
        this.size = size;
        this.screen = screen;
    }

    /** Runs the cases and adds what they measure. */
    public void run(Set<String> cases, Report report) throws IOException, InterruptedException {
        if (cases.contains("startup")) {
            report.add(startup());
        }
        if (cases.contains("cluster")) {
            report.add(new ClusterCase(home, scratch, screen).measure());
        }
        if (!Collections.disjoint(cases, LOADED)) {
            screen.line("starting vectron up");
            try (VectronProcess process = VectronProcess.start(home, scratch.resolve("load"));
                    Session session =
                            new Session(process.ready().kafka(), process.ready().gateway())) {
                if (cases.contains("command")) {
                    report.add(new CommandCase(home, screen).measure(process.ready().gateway()));
                }
                LoadCases load = new LoadCases(session, vectors, screen);
                if (cases.contains("freshness")) {
                    report.add(load.freshness(size.freshnessPoints()));
                }
                if (cases.contains("rest")) {
                    report.add(new RestCase(process, session, vectors, screen).run());
                }
                if (cases.contains("ingest")) {
                    report.add(load.ingest(size.ingestPoints(), size.shards()));
                }
            }
        }
        if (cases.contains("demo")) {
            report.add(demo());
        }
    }

    /** The median of some starts on a folder that exists, as after the first day. */
    private Measurement startup() throws IOException {
        double[] seconds = new double[STARTS];
        double[] rssMb = new double[STARTS];
        Progress progress = new Progress(screen, "startup", 0, STARTS + 1);
        for (int start = -1; start < STARTS; start++) {
            try (VectronProcess process = VectronProcess.start(home, scratch.resolve("start"))) {
                if (start >= 0) {
                    seconds[start] = process.secondsToReady();
                    rssMb[start] = process.ready().rssMb();
                }
            }
            progress.at(start + 2, "");
        }
        progress.end();
        Arrays.sort(seconds);
        Arrays.sort(rssMb);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("seconds_to_ready", seconds[STARTS / 2]);
        metrics.put("rss_mb", rssMb[STARTS / 2]);
        return new Measurement(
                NAME, "startup", "vectron", "", Map.of("starts", "" + STARTS), metrics);
    }

    /** The demo's own steps, timed from the moment that everything is ready. */
    private Measurement demo() throws IOException, InterruptedException {
        Path data = scratch.resolve("demo");
        try (DataFolder folder = DataFolder.open(data);
                Standalone standalone =
                        Standalone.start(StandaloneConfig.of(data, PortLayout.free()), folder)) {
            PortLayout ports = standalone.ports();
            long ready = System.nanoTime();
            Demo.Setting setting =
                    new Demo.Setting(
                            home.resolve("demo").resolve("wordnet.tsv.gz"),
                            Integer.MAX_VALUE,
                            ports.address(Part.KAFKA),
                            ports.address(Part.GATEWAY),
                            data.resolve("native"));
            try (Demo demo = Demo.start(setting)) {
                demo.firstAcknowledged().get(DEMO_DEADLINE_SECONDS, TimeUnit.SECONDS);
                Answer answer = demo.ask("a person who repairs shoes");
                double first = (System.nanoTime() - ready) / 1e9;
                screen.line("demo: first answer over " + answer.loaded() + " words");
                awaitLoaded(demo);
                demo.awaitSearchable();
                double all = (System.nanoTime() - ready) / 1e9;
                Map<String, Double> metrics = new LinkedHashMap<>();
                metrics.put("first_answer_seconds", first);
                metrics.put("all_searchable_seconds", all);
                metrics.put("words_per_second", demo.state().total() / all);
                return new Measurement(
                        NAME,
                        "demo",
                        "vectron",
                        "wordnet-demo",
                        Map.of("words", "" + demo.state().total()),
                        metrics);
            }
        } catch (RefusedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the demo failed: " + e.getMessage(), e);
        }
    }

    private void awaitLoaded(Demo demo)
            throws InterruptedException, ExecutionException, TimeoutException {
        int total = demo.state().total();
        Progress progress = new Progress(screen, "demo", demo.state().loaded(), total);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEMO_DEADLINE_SECONDS);
        while (System.nanoTime() < deadline) {
            try {
                demo.acknowledged().get(200, TimeUnit.MILLISECONDS);
                progress.end();
                return;
            } catch (TimeoutException e) {
                progress.at(demo.state().loaded(), ""); // not yet: show how far it is
            }
        }
        throw new TimeoutException("loaded " + demo.state().loaded() + " of " + total);
    }
}
