package io.vectron.bench.index;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.engine.Engines;
import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Report;
import io.vectron.cli.terminal.Screen;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a case works with.
 *
 * @param scratch folder for what does not outlive the run
 */
record Context(Dataset data, IndexPlan plan, Path scratch, Report report, Screen screen) {

    /** Builds of this run's data. */
    Builds builds() {
        return new Builds(data, plan.cache(), scratch, plan.buildThreads(), screen);
    }

    /** Reports a measurement of our index as a whole. */
    void add(String scenario, Map<String, String> params, Map<String, Double> metrics) {
        String engine = Engines.VECTRON.label();
        report.add(
                new Measurement(IndexBench.NAME, scenario, engine, data.name(), params, metrics));
    }

    /** Programs that want a core, on average of the last minute; negative if nobody knows. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
