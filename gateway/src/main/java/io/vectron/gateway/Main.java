package io.vectron.gateway;

import io.vectron.common.launch.ServiceMain;
import io.vectron.common.launch.ServiceMain.Started;
import io.vectron.common.rpc.Address;
import io.vectron.gateway.config.GatewayConfig;
import java.io.IOException;

/** A gateway in a process of its own. */
public final class Main {
    private Main() {}

    /** Runs until SIGTERM; exits with 0, 1 for a failure, 2 for wrong arguments or settings. */
    public static void main(String[] arguments) {
        System.exit(ServiceMain.run(GatewayConfig.settings(), Main.class, arguments, Main::start));
    }

    private static Started start(GatewayConfig config) throws IOException, InterruptedException {
        Gateway gateway = new Gateway(config).start();
        return new Started("gRPC " + new Address(config.host(), gateway.port()), gateway);
    }
}
