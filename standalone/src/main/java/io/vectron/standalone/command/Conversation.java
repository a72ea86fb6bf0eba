package io.vectron.standalone.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.grpc.StatusRuntimeException;
import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Progress;
import io.vectron.cli.terminal.Screen;
import io.vectron.cli.terminal.Terminal;
import io.vectron.standalone.demo.Answer;
import io.vectron.standalone.demo.Demo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Questions, answers, and beside them the news about loading. */
final class Conversation {
    private static final long TICK_MS = 100;

    private final Demo demo;
    private final Screen screen;
    private final boolean json;

    Conversation(Demo demo, Screen screen, boolean json) {
        this.demo = demo;
        this.screen = screen;
        this.json = json;
    }

    /** Answers the queries, or what the person types; returns the exit code. */
    int hold(List<String> queries) throws IOException, InterruptedException {
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        Thread.ofPlatform()
                .name("demo-progress")
                .daemon()
                .start(() -> loading.complete(watchLoading()));
        if (queries.isEmpty() && Terminal.interactive()) {
            screen.line("Describe a word; an empty line or Ctrl-D ends.");
            return answerLines(true);
        }
        int code = await(loading);
        if (code != 0) {
            return code;
        }
        if (queries.isEmpty()) {
            return answerLines(false);
        }
        for (String query : queries) {
            code = Math.max(code, answer(query));
        }
        return code;
    }

    private int answerLines(boolean prompting) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, inputCharset()));
        int code = 0;
        while (true) {
            if (prompting) {
                screen.prompt();
            }
            String line = lines.readLine();
            screen.answered();
            if (line == null || (prompting && line.isBlank())) {
                return prompting ? 0 : code;
            }
            if (!line.isBlank()) {
                code = Math.max(code, answer(line.strip()));
            }
        }
    }

    private int answer(String question) {
        try {
            Answer answer = demo.ask(question);
            if (json) {
                screen.results(List.of(answer.json()));
            } else {
                if (!Terminal.interactive()) {
                    screen.results(List.of(question)); // else the person sees it already
                }
                screen.results(answer.lines());
            }
            return 0;
        } catch (StatusRuntimeException e) {
            screen.line("vectron: no answer to \"" + question + "\": " + e.getStatus());
            return 1;
        }
    }

    /** Shows how far loading is until all is searchable; returns the exit code. */
    private int watchLoading() {
        Demo.State begin = demo.state();
        Progress progress = new Progress(screen, "loading", begin.loaded(), begin.total());
        CompletableFuture<Duration> first =
                demo.firstAcknowledged().thenApplyAsync(this::searchable);
        try {
            while (!ended(demo.acknowledged())) {
                Demo.State state = demo.state();
                progress.at(state.loaded(), "");
            }
            Duration loaded = demo.elapsed();
            demo.awaitSearchable();
            progress.end();
            report(begin, loaded, demo.elapsed(), first.get());
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (ExecutionException e) {
            return failed(e.getCause());
        } catch (StatusRuntimeException e) {
            return failed(e);
        }
    }

    private int failed(@Nullable Throwable cause) {
        screen.clearStatus();
        screen.line("vectron: loading failed: " + cause);
        return 1;
    }

    /** When the first words could be found. */
    private Duration searchable(Void acknowledged) {
        demo.awaitSearchable();
        return demo.elapsed();
    }

    private void report(Demo.State begin, Duration loaded, Duration searchable, Duration first) {
        int total = demo.state().total();
        int embedded = total - begin.loaded();
        double perSecond = embedded / Math.max(1e-3, loaded.toMillis() / 1e3);
        if (json) {
            JsonLine.Fields fields =
                    line -> {
                        line.writeStringField("event", "loaded");
                        line.writeNumberField("words", total);
                        line.writeNumberField("embedded", embedded);
                        line.writeNumberField("kept", begin.loaded());
                        seconds(line, "first_searchable_seconds", first);
                        seconds(line, "acknowledged_seconds", loaded);
                        seconds(line, "searchable_seconds", searchable);
                        line.writeNumberField("words_per_second", perSecond);
                    };
            screen.results(List.of(JsonLine.of(fields)));
            return;
        }
        screen.line(
                String.format(
                        Locale.ROOT,
                        "all %,d words are searchable after %.1f s (%,d loaded at %,.0f/s, %,d kept"
                                + " from before; the first were found after %.1f s)",
                        total,
                        searchable.toMillis() / 1e3,
                        embedded,
                        perSecond,
                        begin.loaded(),
                        first.toMillis() / 1e3));
    }

    private static void seconds(JsonGenerator json, String name, Duration duration)
            throws IOException {
        json.writeNumberField(name, duration.toMillis() / 1e3);
    }

    private static boolean ended(CompletableFuture<Void> future)
            throws InterruptedException, ExecutionException {
        try {
            future.get(TICK_MS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private static int await(CompletableFuture<Integer> loading) throws InterruptedException {
        try {
            return loading.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the progress thread failed", e);
        }
    }

    private static Charset inputCharset() {
        return Charset.forName(System.getProperty("stdin.encoding", "UTF-8"));
    }
}
