package io.vectron.standalone.chaos;

import io.grpc.StatusRuntimeException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.SearchRequest;
import io.vectron.proto.worker.v1.SearchResponse;
import io.vectron.proto.worker.v1.ShardHits;
import io.vectron.proto.worker.v1.ShardRead;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import io.vectron.proto.worker.v1.WorkerServiceGrpc.WorkerServiceBlockingStub;
import io.vectron.standalone.history.History;
import io.vectron.standalone.history.Operation.Census;
import io.vectron.standalone.history.Operation.Member;
import io.vectron.standalone.history.Operation.Read;
import io.vectron.standalone.history.Operation.ReadOutcome.Answer;
import io.vectron.standalone.history.Question;
import io.vectron.standalone.history.Replica;
import io.vectron.standalone.history.Shown;
import io.vectron.standalone.history.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** The workers, asked one by one past the gateway. Thread-safe. */
final class Members {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Channels channels;
    private final Subject subject;
    private final Recorder recorder;
    private final History history;

    Members(Channels channels, Subject subject, Recorder recorder, History history) {
        this.channels = channels;
        this.subject = subject;
        this.recorder = recorder;
        this.history = history;
    }

    /** What a worker, counted from 0, says of its replicas of the subject; none if it is silent. */
    List<ReplicaStatus> of(int worker) {
        try {
            return stub(worker)
                    .listReplicas(ListReplicasRequest.getDefaultInstance())
                    .getReplicasList()
                    .stream()
                    .filter(replica -> replica.getCollectionId().equals(subject.id()))
                    .toList();
        } catch (StatusRuntimeException e) {
            return List.of();
        }
    }

    /** The worker that leads each shard, as far as one says so. */
    Map<Integer, Integer> leaders() {
        Map<Integer, Integer> leaders = new TreeMap<>();
        for (int worker = 0; worker < subject.workers().size(); worker++) {
            for (ReplicaStatus replica : of(worker)) {
                if (replica.getRole() == Role.ROLE_LEADER) {
                    leaders.put(replica.getShard(), worker);
                }
            }
        }
        return leaders;
    }

    /** Why not every shard has all its members at work and at these offsets; "" if all have. */
    String lacks(int replicas, Map<Integer, Long> offsets) {
        int[] well = new int[subject.shards()];
        for (int worker = 0; worker < subject.workers().size(); worker++) {
            for (ReplicaStatus replica : of(worker)) {
                long offset = offsets.getOrDefault(replica.getShard(), -1L);
                if (replica.getCondition().hasRunning() && replica.getPosition() > offset) {
                    well[replica.getShard()]++;
                }
            }
        }
        for (int shard = 0; shard < well.length; shard++) {
            if (well[shard] < replicas) {
                return "shard " + shard + " has " + well[shard] + " of " + replicas + " members";
            }
        }
        return "";
    }

    /**
     * Asks a worker for all that each of its replicas holds.
     *
     * @param incarnation of the worker's process; what was asked of two of them is not recorded
     * @return how many replicas answered
     */
    int look(int worker, IntFunction<String> incarnation, boolean last) {
        String before = incarnation.apply(worker);
        List<ReplicaStatus> replicas =
                of(worker).stream().filter(it -> it.getCondition().hasRunning()).toList();
        if (replicas.isEmpty()) {
            return 0;
        }
        SearchRequest.Builder request =
                SearchRequest.newBuilder()
                        .setTopK(Recorder.ALL)
                        .setExact(true)
                        .setWithPayload(true)
                        .setWithVectors(true);
        for (float component : Values.vector(worker)) {
            request.addVector(component);
        }
        replicas.forEach(it -> request.addShards(ShardRead.newBuilder().setGroup(it.getGroup())));
        long begun = System.nanoTime();
        SearchResponse found;
        try {
            found = stub(worker).search(request.build());
        } catch (StatusRuntimeException e) {
            return 0;
        }
        Span span = new Span(begun, System.nanoTime());
        if (!incarnation.apply(worker).equals(before)) {
            return 0;
        }
        int answered = 0;
        for (int i = 0; i < replicas.size(); i++) {
            ShardHits hits = found.getShards(i);
            ReplicaStatus replica = replicas.get(i);
            if (hits.hasState()) {
                String who = before + "/" + replica.getGroup() + "/" + hits.getState().getEpoch();
                record(replica.getShard(), worker, who, hits, span, last);
                answered++;
            }
        }
        return answered;
    }

    private void record(
            int shard, int worker, String incarnation, ShardHits hits, Span span, boolean last) {
        List<Shown> shown = new ArrayList<>();
        for (Hit hit : hits.getHitsList()) {
            shown.add(recorder.shown(hit.getId(), hit.getVersion(), Values.stamp(hit.getPoint())));
        }
        String name = "worker-" + (worker + 1);
        Answer answer =
                new Answer(
                        Map.of(shard, hits.getState().getPosition()),
                        shown,
                        new Replica(name, incarnation),
                        Answer.NOT_SAID);
        history.add(number ->
                new Read(number, "look", span, new Question.All(), Map.of(), last, answer));
    }

    /** Writes down how the members of each shard are. */
    void census() {
        Map<Integer, List<Member>> members = new TreeMap<>();
        long begun = System.nanoTime();
        for (int worker = 0; worker < subject.workers().size(); worker++) {
            for (ReplicaStatus replica : of(worker)) {
                members.computeIfAbsent(replica.getShard(), any -> new ArrayList<>())
                        .add(
                                new Member(
                                        "worker-" + (worker + 1),
                                        replica.getPosition(),
                                        replica.getDigest()));
            }
        }
        Span span = new Span(begun, System.nanoTime());
        members.forEach((shard, all) ->
                history.add(number -> new Census(number, "census", span, shard, all)));
    }

    private WorkerServiceBlockingStub stub(int worker) {
        Address address = subject.workers().get(worker);
        return WorkerServiceGrpc.newBlockingStub(channels.to(address))
                .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
