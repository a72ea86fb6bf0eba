package io.vectron.worker;

import io.vectron.common.launch.ServiceMain;
import io.vectron.common.launch.ServiceMain.Started;
import io.vectron.common.rpc.Address;
import io.vectron.worker.config.WorkerConfig;
import java.io.IOException;

/** A serving worker in a process of its own. */
public final class Main {
    private Main() {}

    /** Runs until SIGTERM; exits with 0, 1 for a failure, 2 for wrong arguments or settings. */
    public static void main(String[] arguments) {
        System.exit(ServiceMain.run(WorkerConfig.settings(), Main.class, arguments, Main::start));
    }

    private static Started start(WorkerConfig config) throws IOException {
        ServingWorker worker = new ServingWorker(config);
        worker.start();
        WorkerConfig.Identity identity = config.identity();
        return new Started(
                "gRPC "
                        + new Address(identity.host(), worker.port())
                        + ", Raft "
                        + new Address(identity.host(), identity.raftPort()),
                worker);
    }
}
