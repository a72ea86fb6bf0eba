package io.vectron.standalone.broker;

import io.vectron.common.launch.ServiceMain;
import io.vectron.common.launch.ServiceMain.Started;
import java.io.IOException;

/** One Kafka broker, with our settings, in a process of its own. */
public final class Main {
    private Main() {}

    /** Runs until SIGTERM; exits with 0, 1 for a failure, 2 for wrong arguments or settings. */
    public static void main(String[] arguments) {
        System.exit(ServiceMain.run(BrokerConfig.settings(), Main.class, arguments, Main::start));
    }

    private static Started start(BrokerConfig config) throws IOException {
        EmbeddedBroker broker = EmbeddedBroker.start(config);
        return new Started("Kafka " + broker.bootstrapServers(), broker);
    }
}
