package io.vectron.replication;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Ratis server of a node. Ratis brings up the groups that it finds all at once, and does
 * not start at all if it cannot read the log of one of them. Then the server is started without
 * groups, and each is added by itself.
 */
final class Startup {
    private final ReplicationConfig config;
    private final StateMachine.Registry registry;
    private final GroupRequests requests;

    /**
     * @param registry makes the state machine of a group
     */
    Startup(ReplicationConfig config, StateMachine.Registry registry) {
        this.config = config;
        this.registry = registry;
        this.requests = new GroupRequests(config);
    }

    /** A server that is not started, with every group found on the disk. */
    RaftServer withGroups() throws IOException {
        return server(RaftSettings.of(config));
    }

    /** Told of a group that does not start. */
    @FunctionalInterface
    interface Refused {
        void by(GroupId id, IOException why) throws IOException;
    }

    /** Starts a server, and then each group by itself. */
    RaftServer oneByOne(Refused refused) throws IOException {
        RaftServer server = withoutGroups();
        try {
            server.start();
            for (GroupId id : found()) {
                try {
                    requests.recover(server, id);
                } catch (IOException e) {
                    if (isInUse(e)) {
                        throw e;
                    }
                    refused.by(id, e);
                }
            }
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Whether another server has the group's folder, which is nothing wrong with the group. */
    private static boolean isInUse(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            // Ratis has no type for it.
            if (String.valueOf(e.getMessage()).contains("already locked")) {
                return true;
            }
        }
        return false;
    }

    /** A server that is not started and has no group, whatever is on the disk. */
    private RaftServer withoutGroups() throws IOException {
        // Ratis looks for groups while the server is made, and asks where they lie again for each.
        RaftProperties properties = RaftSettings.of(config);
        Path nothing = RaftSettings.groupsFolder(config).resolve("none");
        RaftServerConfigKeys.setStorageDir(properties, List.of(nothing.toFile()));
        RaftServer made = server(properties);
        Path groups = RaftSettings.groupsFolder(config);
        RaftServerConfigKeys.setStorageDir(properties, List.of(groups.toFile()));
        return made;
    }

    private RaftServer server(RaftProperties properties) throws IOException {
        return RaftServer.newBuilder()
                .setServerId(RaftTypes.raft(config.self().id()))
                .setProperties(properties)
                .setParameters(Tls.parameters(config.tls()))
                .setStateMachineRegistry(registry)
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build();
    }

    /** The groups that have data here. */
    private List<GroupId> found() throws IOException {
        List<GroupId> found = new ArrayList<>();
        for (Path folder : Folders.list(RaftSettings.groupsFolder(config))) {
            GroupId id = Files.isDirectory(folder) ? idOf(folder) : null;
            if (id != null) {
                found.add(id);
            }
        }
        return found;
    }

    private static @Nullable GroupId idOf(Path folder) {
        try {
            return new GroupId(UUID.fromString(folder.getFileName().toString()));
        } catch (IllegalArgumentException e) {
            return null; // Ratis skips it, too
        }
    }
}
