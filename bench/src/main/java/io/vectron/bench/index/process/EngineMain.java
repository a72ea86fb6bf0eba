package io.vectron.bench.index.process;

import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.engine.Engine;
import io.vectron.bench.index.engine.Engines;
import io.vectron.bench.index.engine.IndexShape;
import io.vectron.index.Metric;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The process of one engine; started by the bench alone. */
final class EngineMain {
    private EngineMain() {}

    /** Arguments: engine, shape of the index, folder of the data, metric, most rows. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream out = System.out;
        // Or a build would go on for minutes after the bench was killed.
        ProcessHandle.current().parent().ifPresent(EngineMain::endWith);
        // What a library prints must not get among the answers.
        System.setOut(System.err);
        Dataset data =
                Dataset.open(
                        Path.of(arguments[2]),
                        Metric.valueOf(arguments[3]),
                        Integer.parseInt(arguments[4]));
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Engine engine;
        try {
            engine = Engines.named(arguments[0]).over(data, IndexShape.of(arguments[1]));
        } catch (IllegalArgumentException e) {
            out.print("missing " + e.getMessage() + "\n");
            out.flush();
            return;
        }
        try (engine) {
            new EngineServer(engine, data, out).serve(in);
        }
    }

    private static void endWith(ProcessHandle bench) {
        var _ = bench.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
    }
}
