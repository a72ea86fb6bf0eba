package io.vectron.cli.terminal;

import java.time.Duration;
import java.util.Locale;

/**
 * How far a piece of work is: a bar with rate and remaining time that is redrawn on a terminal,
 * else a line every few seconds. Written by one thread at a time.
 */
public final class Progress {
    private static final long REDRAW_NANOS = Duration.ofMillis(200).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(3).toNanos();
    private static final int BAR_CELLS = 24;
    private static final double SMOOTHING_SECONDS = 3;

    private final Screen screen;
    private final String work;
    private final long total;
    private final long startNanos;
    private long shownNanos;
    private long lastNanos;
    private long lastDone;
    private double perSecond;

    /** Begins {@code total} steps of {@code work}; {@code done} of them are done already. */
    public Progress(Screen screen, String work, long done, long total) {
        this.screen = screen;
        this.work = work;
        this.total = total;
        this.startNanos = System.nanoTime();
        this.shownNanos = startNanos;
        this.lastNanos = startNanos;
        this.lastDone = done;
    }

    /** Shows that {@code done} steps are done; {@code remark} is for what else is worth knowing. */
    public void at(long done, String remark) {
        long now = System.nanoTime();
        if (now - shownNanos < (screen.terminal() ? REDRAW_NANOS : LINE_NANOS)) {
            return;
        }
        shownNanos = now;
        double seconds = (now - lastNanos) / 1e9;
        double current = (done - lastDone) / seconds;
        // Exponential average: steady to read, yet it follows a change within seconds.
        double weight = perSecond == 0 ? 1 : 1 - Math.exp(-seconds / SMOOTHING_SECONDS);
        perSecond += weight * (current - perSecond);
        lastNanos = now;
        lastDone = done;
        String text =
                render(work, done, total, perSecond) + (remark.isEmpty() ? "" : "  " + remark);
        if (screen.terminal()) {
            screen.status(text);
        } else {
            screen.line(text);
        }
    }

    /** Ends the bar; returns how long the work took. */
    public Duration end() {
        screen.clearStatus();
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    static String render(String work, long done, long total, double perSecond) {
        double share = total == 0 ? 1 : (double) done / total;
        int cells = (int) (share * BAR_CELLS);
        String rest =
                perSecond > 0
                        ? String.format(
                                Locale.ROOT, "%.0f s left", Math.ceil((total - done) / perSecond))
                        : "";
        return String.format(
                        Locale.ROOT,
                        "%s [%s%s] %,d of %,d  %,.0f/s  %s",
                        work,
                        "#".repeat(cells),
                        ".".repeat(BAR_CELLS - cells),
                        done,
                        total,
                        perSecond,
                        rest)
                .stripTrailing();
    }
}
