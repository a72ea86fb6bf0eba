package io.vectron.placement;

import io.vectron.common.launch.ServiceMain;
import io.vectron.common.launch.ServiceMain.Started;
import io.vectron.common.rpc.Address;
import io.vectron.placement.config.Member;
import io.vectron.placement.config.PlacementConfig;
import java.io.IOException;

/** A placement node in a process of its own. */
public final class Main {
    private Main() {}

    /** Runs until SIGTERM; exits with 0, 1 for a failure, 2 for wrong arguments or settings. */
    public static void main(String[] arguments) {
        System.exit(
                ServiceMain.run(PlacementConfig.settings(), Main.class, arguments, Main::start));
    }

    private static Started start(PlacementConfig config) throws IOException {
        PlacementNode node = new PlacementNode(config);
        node.start();
        Member self = config.self();
        return new Started(
                "gRPC "
                        + new Address(self.host(), node.port())
                        + ", Raft "
                        + new Address(self.host(), self.raftPort()),
                node);
    }
}
