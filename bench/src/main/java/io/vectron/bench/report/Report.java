package io.vectron.bench.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Prints measurements: as JSON each one when it comes, else as a table when all are there. Used by
 * one thread.
 */
public final class Report {
    private static final List<String> HEADINGS =
            List.of("case", "engine", "dataset", "params", "metric", "value", "to reach", "");

    private final PrintStream out;
    private final boolean json;
    private final Layout layout;
    private final Map<String, Target> targets;
    private final List<String> notes = new ArrayList<>();
    private final List<Measurement> measurements = new ArrayList<>();

    /** How measurements stand in tables. */
    public enum Layout {
        /** One table, a line a metric. */
        LINE_A_METRIC,
        /** A table a case, a line a measurement: for many measurements of the same metrics. */
        TABLE_A_CASE
    }

    /**
     * @param targets what to reach, by {@code case.metric} or {@code case.engine.metric}
     */
    public Report(PrintStream out, boolean json, Map<String, Target> targets) {
        this(out, json, Layout.LINE_A_METRIC, targets);
    }

    /** With a layout of the tables. */
    public Report(PrintStream out, boolean json, Layout layout, Map<String, Target> targets) {
        this.out = out;
        this.json = json;
        this.layout = layout;
        this.targets = Map.copyOf(targets);
    }

    /** Takes a measurement, and prints it at once when printing JSON. */
    public void add(Measurement measurement) {
        measurements.add(measurement);
        if (json) {
            out.println(measurement.toJson());
        }
    }

    /** Adds a line below the tables; JSON has none. */
    public void note(String text) {
        notes.add(text);
    }

    /** Ends the report: prints the tables unless JSON was printed. */
    public void finish() {
        if (json) {
            return;
        }
        switch (layout) {
            case LINE_A_METRIC -> printMetrics();
            case TABLE_A_CASE -> printCases();
        }
        notes.forEach(out::println);
    }

    private void printCases() {
        Map<String, List<Measurement>> cases =
                measurements.stream()
                        .collect(
                                Collectors.groupingBy(
                                        measurement ->
                                                measurement.scenario()
                                                        + ", "
                                                        + measurement.dataset(),
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        cases.forEach((heading, measured) -> {
            out.println(heading);
            print(wide(measured), column -> column > 0);
            out.println();
        });
    }

    private List<List<String>> wide(List<Measurement> measured) {
        List<String> params = names(measured, Measurement::params);
        List<String> metrics = names(measured, Measurement::metrics);
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                Stream.of(List.of("engine"), params, metrics, List.of(""))
                        .flatMap(List::stream)
                        .toList());
        for (Measurement measurement : measured) {
            List<String> row = new ArrayList<>();
            row.add(measurement.engine());
            params.forEach(name -> row.add(measurement.params().getOrDefault(name, "")));
            List<String> goals = new ArrayList<>();
            for (String name : metrics) {
                Double value = measurement.metrics().get(name);
                row.add(value == null ? "" : number(value));
                Target target = value == null ? null : target(measurement, name);
                if (value != null && target != null) {
                    goals.add(name + " " + target + " " + verdict(target, value));
                }
            }
            row.add(String.join(", ", goals));
            rows.add(row);
        }
        return rows;
    }

    private static List<String> names(
            List<Measurement> measured, Function<Measurement, Map<String, ?>> of) {
        return measured.stream()
                .flatMap(measurement -> of.apply(measurement).keySet().stream())
                .distinct()
                .toList();
    }

    private @Nullable Target target(Measurement measurement, String metric) {
        Target own =
                targets.get(measurement.scenario() + "." + measurement.engine() + "." + metric);
        return own == null ? targets.get(measurement.scenario() + "." + metric) : own;
    }

    private static String verdict(Target target, double value) {
        return target.reached(value) ? "reached" : "missed";
    }

    private void printMetrics() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (Measurement measurement : measurements) {
            measurement.metrics().forEach((name, value) -> rows.add(row(measurement, name, value)));
        }
        print(rows, column -> column == 5);
    }

    private List<String> row(Measurement measurement, String name, double value) {
        Target target = target(measurement, name);
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
                target == null ? "" : verdict(target, value));
    }

    private static String number(double value) {
        String format = Math.abs(value) >= 1000 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    /** Figures stand to the right of their columns. */
    private void print(List<List<String>> rows, IntPredicate figures) {
        int[] widths = new int[rows.getFirst().size()];
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
                boolean right = figures.test(column) && column < widths.length - 1;
                line.append(right ? pad + cell : cell + pad).append("  ");
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
