package io.vectron.bench.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Prints measurements: as JSON each one when it comes, else as a table when all are there. Used by
 * one thread.
 */
public final class Report {
    private static final List<String> HEADINGS =
            List.of("case", "engine", "dataset", "params", "metric", "value", "to reach", "");

    private final PrintStream out;
    private final boolean json;
    private final Map<String, Target> targets;
    private final List<Measurement> measurements = new ArrayList<>();

    /**
     * @param targets what to reach, by {@code case.metric}
     */
    public Report(PrintStream out, boolean json, Map<String, Target> targets) {
        this.out = out;
        this.json = json;
        this.targets = Map.copyOf(targets);
    }

    /** Takes a measurement, and prints it at once when printing JSON. */
    public void add(Measurement measurement) {
        measurements.add(measurement);
        if (json) {
            out.println(measurement.toJson());
        }
    }

    /** Ends the report: prints the table unless JSON was printed. */
    public void finish() {
        if (json) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (Measurement measurement : measurements) {
            measurement.metrics().forEach((name, value) -> rows.add(row(measurement, name, value)));
        }
        print(rows);
    }

    private List<String> row(Measurement measurement, String name, double value) {
        Target target = targets.get(measurement.scenario() + "." + name);
        String params =
                measurement.params().entrySet().stream()
                        .map(p -> p.getKey() + "=" + p.getValue())
                        .collect(Collectors.joining(" "));
        return List.of(
                measurement.scenario(),
                measurement.engine(),
                measurement.dataset(),
                params,
                name,
                number(value),
                target == null ? "" : target.toString(),
                target == null ? "" : target.reached(value) ? "reached" : "missed");
    }

    private static String number(double value) {
        String format = Math.abs(value) >= 1000 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    private void print(List<List<String>> rows) {
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                String pad = " ".repeat(widths[column] - cell.length());
                boolean figure = column == 5;
                line.append(figure ? pad + cell : cell + pad).append("  ");
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** A figure to reach. */
    public sealed interface Target {
        /** Whether the value is good enough. */
        boolean reached(double value);

        /** The smaller the better. */
        record AtMost(double limit) implements Target {
            @Override
            public boolean reached(double value) {
                return value <= limit;
            }

            @Override
            public String toString() {
                return "<= " + number(limit);
            }
        }

        /** The larger the better. */
        record AtLeast(double limit) implements Target {
            @Override
            public boolean reached(double value) {
                return value >= limit;
            }

            @Override
            public String toString() {
                return ">= " + number(limit);
            }
        }
    }
}
