package io.vectron.worker;

import io.vectron.worker.config.WorkerConfig;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A worker as a process of its own: prints its gRPC port and stays until it is killed. */
final class WorkerProcess {
    private static final int HOT_ROWS = 256;

    private WorkerProcess() {}

    public static void main(String[] arguments) throws Exception {
        WorkerConfig config =
                WorkerHarness.config(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        // Few hot rows, so that a kill meets seals and merges.
        config = config.withMemory(config.memory().withHot(1 << 20, HOT_ROWS));
        try (ServingWorker worker = new ServingWorker(config)) {
            worker.start();
            System.out.println("port " + worker.port());
            new CountDownLatch(1).await();
        }
    }
}
