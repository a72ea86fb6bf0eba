package io.vectron.placement.fake;

import io.vectron.common.rpc.Address;
import io.vectron.placement.model.Failure;
import io.vectron.placement.worker.ReplicaClient;
import io.vectron.proto.worker.v1.AddReplicaRequest;
import io.vectron.proto.worker.v1.ChangeMembersRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Workers and their replicas, in memory. They outlive the placement nodes that use them. */
public final class FakeWorkers {
    private final Map<Address, Map<String, AddReplicaRequest>> replicas =
            new HashMap<>(); // guarded by this
    private final Map<String, Integer> asked = new HashMap<>(); // guarded by this
    private final Map<Address, Integer> added = new HashMap<>(); // guarded by this
    private final Map<Address, Integer> removed = new HashMap<>(); // guarded by this
    private final Set<Address> dead = new HashSet<>(); // guarded by this
    private final Set<Address> hanging = new HashSet<>(); // guarded by this
    private @Nullable Failure refusal; // guarded by this
    private int elections = 1; // guarded by this
    private final Map<String, Set<String>> members = new HashMap<>(); // by group; guarded by this
    private final Set<String> preparing = new HashSet<>(); // group and who joins; guarded by this
    private final Map<String, Long> epochs = new HashMap<>(); // by group; guarded by this

    /** The replicas on a worker, by group. */
    public synchronized Map<String, AddReplicaRequest> on(Address worker) {
        return new TreeMap<>(replicas.getOrDefault(worker, Map.of()));
    }

    /** Replicas on all workers. */
    public synchronized int count() {
        return replicas.values().stream().mapToInt(Map::size).sum();
    }

    /** How often a worker was asked to add a replica. */
    public synchronized int calls(Address worker) {
        return added.getOrDefault(worker, 0);
    }

    /** How often a worker was asked to remove a replica. */
    public synchronized int removals(Address worker) {
        return removed.getOrDefault(worker, 0);
    }

    /** Waits until the workers are as wanted, some seconds at most. */
    public synchronized void await(BooleanSupplier wanted) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!wanted.getAsBoolean()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (leftMs <= 0) {
                throw new AssertionError("not in time: " + replicas + ", asked " + added);
            }
            wait(leftMs);
        }
    }

    /** Makes a worker lose its disk. */
    public synchronized void forget(Address worker) {
        replicas.remove(worker);
    }

    /** Makes a worker lose its replica of a group. */
    public synchronized void forget(Address worker, String group) {
        replicas.getOrDefault(worker, new HashMap<>()).remove(group);
    }

    /** Makes calls for new replicas of a worker last until they are interrupted. */
    public synchronized void hang(Address worker) {
        hanging.add(worker);
    }

    /** Lets those calls go on. */
    public synchronized void release(Address worker) {
        hanging.remove(worker);
        notifyAll();
    }

    /** Makes a worker answer nothing. */
    public synchronized void kill(Address worker) {
        dead.add(worker);
    }

    /** Lets a worker answer again. */
    public synchronized void revive(Address worker) {
        dead.remove(worker);
    }

    /** Makes workers refuse every replica; null makes them stop. */
    public synchronized void refuse(@Nullable Failure failure) {
        refusal = failure;
    }

    /** How often a new group is asked for its leader before it has one. */
    public synchronized void elections(int times) {
        elections = times;
    }

    /** The workers, for one placement node; see {@link FakeKafka#admin}. */
    public ReplicaClient client(Consumer<String> point) {
        return new Client(point);
    }

    private synchronized ReplicaClient.Result add(Address worker, AddReplicaRequest request)
            throws InterruptedException {
        added.merge(worker, 1, Integer::sum);
        notifyAll();
        while (hanging.contains(worker)) {
            wait();
        }
        if (dead.contains(worker)) {
            return new ReplicaClient.Result.Unavailable(worker + " is dead");
        }
        if (refusal != null) {
            return new ReplicaClient.Result.Refused(refusal);
        }
        if (request.getMembersCount() > 0) {
            Set<String> first = new TreeSet<>();
            request.getMembersList().forEach(member -> first.add(member.getWorker()));
            members.putIfAbsent(request.getGroup(), first);
        }
        replicas.computeIfAbsent(worker, any -> new HashMap<>())
                .merge(
                        request.getGroup(),
                        request,
                        (old, again) -> {
                            if (!old.equals(again)) {
                                throw new AssertionError(old + " added again as " + again);
                            }
                            return old;
                        });
        notifyAll();
        return new ReplicaClient.Result.Done();
    }

    private synchronized ReplicaClient.Result remove(Address worker, String group) {
        if (dead.contains(worker)) {
            return new ReplicaClient.Result.Unavailable(worker + " is dead");
        }
        replicas.getOrDefault(worker, new HashMap<>()).remove(group);
        removed.merge(worker, 1, Integer::sum);
        notifyAll();
        return new ReplicaClient.Result.Done();
    }

    /** Members of a group, by worker id. */
    public synchronized Set<String> members(String group) {
        return new TreeSet<>(members.getOrDefault(group, Set.of()));
    }

    /** Epoch of a group. */
    public synchronized long epoch(String group) {
        return epochs.getOrDefault(group, 0L);
    }

    private synchronized ReplicaClient.Led changeMembers(
            Address worker, ChangeMembersRequest request) {
        String group = request.getGroup();
        Set<String> now = members.get(group);
        if (dead.contains(worker) || now == null || !has(worker, group)) {
            return new ReplicaClient.Led.Unavailable(worker + " does not answer");
        }
        Set<String> wanted = new TreeSet<>(now);
        wanted.remove(request.getLeaves());
        if (request.hasJoins()) {
            Address joins =
                    new Address(
                            request.getJoins().getHost(), request.getJoins().getRaftPort() - 50);
            if (!has(joins, group)) {
                return new ReplicaClient.Led.Unavailable(joins + " has no replica");
            }
            if (!now.contains(request.getJoins().getWorker()) && preparing.add(group + joins)) {
                return new ReplicaClient.Led.NotYet("prepared for " + joins);
            }
            wanted.add(request.getJoins().getWorker());
        }
        if (wanted.isEmpty()) {
            throw new AssertionError("nobody is left: " + request);
        }
        members.put(group, wanted);
        return new ReplicaClient.Led.Done();
    }

    private boolean has(Address worker, String group) {
        return replicas.getOrDefault(worker, Map.of()).containsKey(group);
    }

    private synchronized ReplicaClient.Led setEpoch(Address worker, String group, long epoch) {
        if (dead.contains(worker) || !has(worker, group)) {
            return new ReplicaClient.Led.Unavailable(worker + " does not answer");
        }
        epochs.merge(group, epoch, Math::max);
        return new ReplicaClient.Led.Done();
    }

    /** Every member stands where the leader stands, which is the first that lives. */
    private synchronized ReplicaClient.Described describe(Address worker, String group) {
        if (dead.contains(worker)) {
            return new ReplicaClient.Described.Unavailable(worker + " is dead");
        }
        if (!has(worker, group)) {
            return new ReplicaClient.Described.Absent();
        }
        boolean leads =
                replicas.entrySet().stream()
                        .filter(other -> other.getValue().containsKey(group))
                        .map(Map.Entry::getKey)
                        .filter(other -> !dead.contains(other))
                        .min(Comparator.comparing(Address::toString))
                        .orElseThrow()
                        .equals(worker);
        return new ReplicaClient.Described.Here(
                ReplicaStatus.newBuilder()
                        .setGroup(group)
                        .setRole(leads ? Role.ROLE_LEADER : Role.ROLE_FOLLOWER)
                        .setPosition(7)
                        .build());
    }

    private synchronized ReplicaClient.Leader leader(Address worker, String group) {
        AddReplicaRequest replica = replicas.getOrDefault(worker, Map.of()).get(group);
        if (dead.contains(worker) || replica == null) {
            return new ReplicaClient.Leader.NotHere("no answer");
        }
        return asked.merge(group, 1, Integer::sum) > elections
                ? new ReplicaClient.Leader.Here(replica.getTopicId())
                : new ReplicaClient.Leader.NotHere("no leader yet");
    }

    private final class Client implements ReplicaClient {
        private final Consumer<String> point;

        Client(Consumer<String> point) {
            this.point = point;
        }

        @Override
        public Result add(Address worker, AddReplicaRequest request) throws InterruptedException {
            point.accept("before a replica is added");
            Result result = FakeWorkers.this.add(worker, request);
            point.accept("after a replica is added");
            return result;
        }

        @Override
        public Result remove(Address worker, String group) {
            point.accept("before a replica is removed");
            Result result = FakeWorkers.this.remove(worker, group);
            point.accept("after a replica is removed");
            return result;
        }

        @Override
        public Leader leader(Address worker, String group) {
            point.accept("before a leader is asked for");
            return FakeWorkers.this.leader(worker, group);
        }

        @Override
        public Led changeMembers(Address worker, ChangeMembersRequest request) {
            point.accept("before members are changed");
            Led result = FakeWorkers.this.changeMembers(worker, request);
            point.accept("after members are changed");
            return result;
        }

        @Override
        public Led setEpoch(Address worker, String group, long epoch) {
            point.accept("before an epoch is raised");
            Led result = FakeWorkers.this.setEpoch(worker, group, epoch);
            point.accept("after an epoch is raised");
            return result;
        }

        @Override
        public Described describe(Address worker, String group) {
            point.accept("before a replica is described");
            return FakeWorkers.this.describe(worker, group);
        }

        @Override
        public void close() {}
    }
}
