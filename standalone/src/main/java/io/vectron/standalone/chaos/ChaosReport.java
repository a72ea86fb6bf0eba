package io.vectron.standalone.chaos;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Style;
import io.vectron.cli.terminal.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What chaos came to, as a table and as JSON. */
public final class ChaosReport {
    private final Outcome outcome;
    private final String repeat;
    private final Map<FaultKind, String> leftOut;

    /**
     * @param repeat command that does the same again
     * @param leftOut faults that were wanted and could not be done, with the reason
     */
    public ChaosReport(Outcome outcome, String repeat, Map<FaultKind, String> leftOut) {
        this.outcome = outcome;
        this.repeat = repeat;
        this.leftOut = Map.copyOf(leftOut);
    }

    /** For people. */
    public List<String> lines() {
        Table table =
                new Table(
                        "fault",
                        "times",
                        "failed reads",
                        "late reads",
                        "visible p50",
                        "p99",
                        "whole p50",
                        "p99");
        outcome.tallies().forEach((kind, figures) -> row(table, kind.toString(), figures));
        row(table, "all faults", sum());
        row(table, "between them", outcome.calm());
        List<String> lines = new ArrayList<>(table.lines());
        lines.set(0, Style.BOLD.of(lines.getFirst()));
        leftOut.forEach((kind, reason) -> lines.add("left out: " + kind + ": " + reason));
        lines.add(
                String.format(
                        Locale.ROOT,
                        "%d %s, %,d writes, %,d reads, %,d answers judged at their watermark",
                        outcome.runs(),
                        outcome.runs() == 1 ? "run" : "runs",
                        outcome.writes(),
                        outcome.reads(),
                        outcome.answers()));
        if (outcome.verdict() != null && !outcome.verdict().clean()) {
            lines.addAll(outcome.verdict().lines());
        }
        lines.add(
                outcome.violations() == 0
                        ? Style.GREEN.of("violations: none")
                        : "violations: " + outcome.violations());
        if (outcome.trouble() != null) {
            lines.add("the cluster did not come back: " + outcome.trouble());
        }
        if (outcome.history() != null) {
            lines.add("history: " + outcome.history());
        }
        lines.add("again: " + repeat);
        return lines;
    }

    private static void row(Table table, String name, Tally.Figures figures) {
        table.row(
                name,
                figures.times() == 0 ? "" : "" + figures.times(),
                "" + figures.failedReads(),
                "" + figures.lateReads(),
                text(figures.visible(), 0.50),
                text(figures.visible(), 0.99),
                text(figures.whole(), 0.50),
                text(figures.whole(), 0.99));
    }

    private Tally.Figures sum() {
        int times = 0;
        long failed = 0;
        long late = 0;
        List<Duration> visible = new ArrayList<>();
        List<Duration> whole = new ArrayList<>();
        for (Tally.Figures figures : outcome.tallies().values()) {
            times += figures.times();
            failed += figures.failedReads();
            late += figures.lateReads();
            visible.addAll(figures.visible());
            whole.addAll(figures.whole());
        }
        return new Tally.Figures(times, failed, late, visible, whole);
    }

    private static String text(List<Duration> times, double share) {
        return times.isEmpty()
                ? ""
                : String.format(Locale.ROOT, "%.1f s", percentile(times, share).toMillis() / 1e3);
    }

    /**
     * By nearest rank.
     *
     * @param times at least one
     * @param share above 0, at most 1
     */
    static Duration percentile(List<Duration> times, double share) {
        List<Duration> sorted = times.stream().sorted().toList();
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    /** For programs: one object. */
    public String json() {
        return JsonLine.of(json -> {
            json.writeStringField("event", "chaos");
            json.writeBooleanField("good", outcome.good());
            json.writeNumberField("runs", outcome.runs());
            json.writeNumberField("writes", outcome.writes());
            json.writeNumberField("reads", outcome.reads());
            json.writeNumberField("answers", outcome.answers());
            json.writeNumberField("violations", outcome.violations());
            if (outcome.trouble() != null) {
                json.writeStringField("trouble", outcome.trouble());
            }
            if (outcome.history() != null) {
                json.writeStringField("history", outcome.history().toString());
            }
            json.writeStringField("again", repeat);
            json.writeObjectFieldStart("all_faults");
            write(json, sum());
            json.writeEndObject();
            json.writeObjectFieldStart("faults");
            for (var tally : outcome.tallies().entrySet()) {
                json.writeObjectFieldStart(tally.getKey().toString());
                write(json, tally.getValue());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeObjectFieldStart("left_out");
            for (var kind : leftOut.entrySet()) {
                json.writeStringField(kind.getKey().toString(), kind.getValue());
            }
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Tally.Figures figures) throws IOException {
        json.writeNumberField("times", figures.times());
        json.writeNumberField("failed_reads", figures.failedReads());
        json.writeNumberField("late_reads", figures.lateReads());
        if (!figures.visible().isEmpty()) {
            json.writeNumberField("visible_ms_p50", percentile(figures.visible(), 0.5).toMillis());
            json.writeNumberField("visible_ms_p99", percentile(figures.visible(), 0.99).toMillis());
            json.writeNumberField("whole_ms_p50", percentile(figures.whole(), 0.5).toMillis());
            json.writeNumberField("whole_ms_p99", percentile(figures.whole(), 0.99).toMillis());
        }
    }
}
