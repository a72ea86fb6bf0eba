package io.vectron.placement.model;

import io.vectron.proto.log.v1.RecordWorker;
import io.vectron.proto.placement.v1.Worker;
import java.util.regex.Pattern;

/**
 * A worker that registered itself.
 *
 * @param id stable id; belongs to the worker's disk
 * @param host host of its gRPC service and of its Raft server; "" without an address
 * @param port port of its gRPC service; 0 without an address
 * @param raftPort port of its Raft server; 0 without an address
 * @param zone failure domain; "" means none is known
 * @param searchOnly whether its replicas follow without a vote
 */
public record WorkerNode(
        String id, String host, int port, int raftPort, String zone, boolean searchOnly) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int LONGEST_NAME = 255;

    public WorkerNode {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("worker id must match " + ID + ": '" + id + "'");
        }
        boolean none = host.isEmpty() && port == 0 && raftPort == 0;
        if (!none) {
            if (host.isBlank() || host.length() > LONGEST_NAME) {
                throw new IllegalArgumentException("worker " + id + " has no valid host");
            }
            checkPort(id, "port", port);
            checkPort(id, "raft_port", raftPort);
        }
        if (zone.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("zone of worker " + id + " is too long");
        }
    }

    /** One whose replicas vote. */
    public WorkerNode(String id, String host, int port, int raftPort, String zone) {
        this(id, host, port, raftPort, zone, false);
    }

    /** Whether it can be reached: not if another worker has taken its address over. */
    public boolean hasAddress() {
        return port != 0;
    }

    /** Whether both claim the same gRPC address. */
    public boolean sharesAddress(WorkerNode other) {
        return hasAddress() && host.equals(other.host) && port == other.port;
    }

    /** The same worker, known no longer to listen anywhere. */
    public WorkerNode withoutAddress() {
        return new WorkerNode(id, "", 0, 0, zone, searchOnly);
    }

    public static WorkerNode of(RecordWorker worker) {
        return new WorkerNode(
                worker.getId(),
                worker.getHost(),
                worker.getPort(),
                worker.getRaftPort(),
                worker.getZone(),
                worker.getSearchOnly());
    }

    public static WorkerNode of(Worker worker) {
        return new WorkerNode(
                worker.getId(),
                worker.getHost(),
                worker.getPort(),
                worker.getRaftPort(),
                worker.getZone(),
                worker.getSearchOnly());
    }

    /** As it is stored. */
    public RecordWorker toRecord() {
        return RecordWorker.newBuilder()
                .setId(id)
                .setHost(host)
                .setPort(port)
                .setRaftPort(raftPort)
                .setZone(zone)
                .setSearchOnly(searchOnly)
                .build();
    }

    /** As the view shows it. */
    public Worker toView() {
        return Worker.newBuilder()
                .setId(id)
                .setHost(host)
                .setPort(port)
                .setRaftPort(raftPort)
                .setZone(zone)
                .setSearchOnly(searchOnly)
                .build();
    }

    private static void checkPort(String id, String what, int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "worker " + id + ": " + what + " is not between 1 and 65535: " + port);
        }
    }
}
