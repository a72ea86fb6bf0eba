package io.vectron.cli.command;

import io.vectron.cli.client.Connection;
import io.vectron.cli.client.Failure;
import io.vectron.cli.load.Importer;
import io.vectron.cli.load.PointSource;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import io.vectron.proto.v1.WriteResult;
import io.vectron.proto.v1.WriteToken;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Points on their way from a source into a collection, in sight of a person. */
final class Loading implements Importer.Listener {
    private static final Duration STOP_WAIT = Duration.ofSeconds(10);

    private final Output output;
    private final PointSource source;
    private final boolean tellPoints;
    private final Screen screen = Screen.err();
    private final @Nullable Progress progress;
    private final Map<Integer, WriteToken> latest = new TreeMap<>(); // by the importer
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * @param name what is loaded, for people
     * @param tellPoints print a line a point, when printing JSON
     */
    Loading(Output output, PointSource source, String name, boolean tellPoints) {
        this.output = output;
        this.source = source;
        this.tellPoints = tellPoints;
        String unit = source.place().equals("line") ? name + " (bytes)" : name;
        progress =
                source.total() == 0
                        ? null
                        : new Progress(screen, unit, source.done(), source.total());
    }

    /** Loads everything; returns the exit code. Ctrl-C ends it, and tells how far it came. */
    int run(Connection connection, Importer.Setting setting, long from)
            throws IOException, InterruptedException {
        Importer importer = new Importer(connection, setting, from, this);
        Thread onSignal = Thread.ofPlatform().name("stop").unstarted(() -> interrupt(importer));
        Runtime.getRuntime().addShutdownHook(onSignal);
        long start = System.nanoTime();
        Importer.Outcome outcome;
        try {
            outcome = importer.run(source);
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(onSignal);
            } catch (IllegalStateException e) {
                onSignal.join(); // the signal came: the last words are that thread's
            }
        }
        tell(outcome, (System.nanoTime() - start) / 1e9);
        Failure failure = outcome.failure();
        if (failure != null) {
            return Client.fail(output, failure);
        }
        return outcome.refused() > 0 ? Client.FAILED : Client.OK;
    }

    private void interrupt(Importer importer) {
        try {
            screen.clearStatus();
            screen.line("stopping: waiting for requests that are under way");
            tell(importer.stop(STOP_WAIT), 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Importer.Outcome outcome, double seconds) {
        if (!told.compareAndSet(false, true)) {
            return;
        }
        if (progress != null) {
            progress.end();
        }
        boolean whole = outcome.failure() == null && seconds > 0;
        if (output.json()) {
            if (!tellPoints) {
                output.object(json -> {
                    json.writeNumberField("written", outcome.written());
                    json.writeNumberField("refused", outcome.refused());
                    json.writeNumberField("next", outcome.next());
                    json.writeArrayFieldStart("tokens");
                    for (WriteToken token : latest.values()) {
                        json.writeString(Names.token(token));
                    }
                    json.writeEndArray();
                });
            }
        } else {
            output.line(
                    String.format(Locale.ROOT, "%,d points written", outcome.written())
                            + (outcome.refused() == 0
                                    ? ""
                                    : String.format(
                                            Locale.ROOT, ", %,d refused", outcome.refused()))
                            + (whole && outcome.written() > 1
                                    ? String.format(
                                            Locale.ROOT,
                                            " in %.1f s, %,.0f/s",
                                            seconds,
                                            outcome.written() / seconds)
                                    : ""));
            latest.values().forEach(token -> output.line("token: " + Names.token(token)));
        }
        output.flush();
        if (!whole) {
            screen.line(
                    "everything before "
                            + source.place()
                            + " "
                            + (outcome.next() + base())
                            + " is settled; --from "
                            + outcome.next()
                            + " goes on there");
        }
    }

    @Override
    public void written(List<WriteResult> results) {
        for (WriteResult result : results) {
            WriteToken token = result.getToken();
            latest.merge(
                    token.getPartition(), token, (a, b) -> a.getOffset() < b.getOffset() ? b : a);
            if (tellPoints && output.json()) {
                output.message(result);
            }
        }
        if (tellPoints && output.json()) {
            output.flush();
        }
    }

    @Override
    public void refused(long at, String reason) {
        long number = at + base();
        screen.line(
                output.json()
                        ? JsonLine.of(json -> {
                            json.writeNumberField(source.place(), number);
                            json.writeStringField("refused", reason);
                        })
                        : "vectron: "
                                + source.place()
                                + " "
                                + number
                                + ": "
                                + Printable.of(reason));
    }

    @Override
    public void progress(long written) {
        if (progress != null) {
            progress.at(
                    source.done(),
                    source.place().equals("line")
                            ? String.format(Locale.ROOT, "%,d points", written)
                            : "");
        }
    }

    /** People count lines from 1; rows have the number that their ids end with. */
    private int base() {
        return source.place().equals("line") ? 1 : 0;
    }
}
