package io.vectron.ingest;

import io.vectron.common.launch.Arguments;
import io.vectron.common.launch.ServiceMain;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.job.Submission;
import java.io.IOException;
import java.util.List;

/**
 * Submits the ingest job to the Flink environment that runs this program: a session cluster, a
 * cluster in application mode, or, if it is started by {@code java}, one within this process.
 */
public final class Main {
    private Main() {}

    /**
     * Runs the job. In a process of its own it exits with 0, 1 for a failure, 2 for wrong arguments
     * or settings. Within Flink, whose process it must not end, it throws instead.
     *
     * @throws IllegalArgumentException if arguments or settings are wrong, with all that is wrong
     */
    public static void main(String[] arguments) throws Exception {
        // Flink logs from its first class on; within a cluster it has done so long before.
        ServiceMain.logToStandardOutput("ingest");
        boolean alone = Submission.alone();
        Arguments.Outcome<IngestConfig> outcome =
                Arguments.read(IngestConfig.settings(), Main.class, List.of(arguments));
        switch (outcome) {
            case Arguments.Outcome.Inform<IngestConfig>(String text) -> System.out.println(text);
            case Arguments.Outcome.Refuse<IngestConfig>(String text) -> {
                if (!alone) {
                    throw new IllegalArgumentException(text);
                }
                System.err.println(text);
                System.exit(ServiceMain.MISUSED);
            }
            case Arguments.Outcome.Run<IngestConfig>(IngestConfig config) -> {
                if (alone) {
                    System.exit(ServiceMain.serve("ingest", config, Main::start));
                }
                Submission.execute(config);
            }
        }
    }

    private static ServiceMain.Started start(IngestConfig config) throws IOException {
        Submission running = Submission.start(config);
        return new ServiceMain.Started("Flink job " + running.id(), running);
    }
}
