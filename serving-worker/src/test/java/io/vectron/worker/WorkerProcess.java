package io.vectron.worker;

import io.vectron.worker.config.WorkerConfig;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A worker as a process of its own: prints its gRPC port and stays until it is killed. */
final class WorkerProcess {
    private WorkerProcess() {}

    public static void main(String[] arguments) throws Exception {
        WorkerConfig config =
                WorkerHarness.config(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        try (ServingWorker worker = new ServingWorker(config)) {
            worker.start();
            System.out.println("port " + worker.port());
            new CountDownLatch(1).await();
        }
    }
}
