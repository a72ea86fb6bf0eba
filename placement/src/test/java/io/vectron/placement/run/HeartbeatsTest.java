package io.vectron.placement.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.placement.config.RepairSettings;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.placement.policy.Repairs;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.ChangeKind;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.proto.placement.v1.HeartbeatRequest;
import io.vectron.proto.worker.v1.ReplicaCondition;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.Running;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {
    private static final RepairSettings SETTINGS = RepairSettings.defaults();
    private static final List<String> WORKERS = List.of("w-1", "w-2", "w-3");

    private long nanos;
    private final Heartbeats heartbeats = new Heartbeats(SETTINGS, () -> nanos);
    private Cluster cluster = Cluster.EMPTY;

    HeartbeatsTest() {
        int port = 7000;
        for (String worker : WORKERS) {
            cluster = cluster.with(new WorkerNode(worker, "localhost", port++, port++, ""));
        }
        heartbeats.leads(true);
    }

    @Test
    void whatWasToldBeforeAReplicaWasAddedSaysNothingOfIt() {
        for (int i = 0; i < 5; i++) {
            WORKERS.forEach(worker -> beat(worker, false));
        }
        add("g");
        beat("w-3", true); // leads and says so before the others are heard again
        assertThat(proposals()).isEmpty();
        beat("w-1", false); // perhaps told before, and slow to come
        beat("w-2", false);
        assertThat(proposals()).isEmpty();
        beat("w-1", false);
        beat("w-2", false);
        assertThat(proposals())
                .singleElement()
                .matches(it -> it.change().getKind() == ChangeKind.CHANGE_KIND_RENEW);
    }

    @Test
    void aNewGroupIsYoungAgain() {
        add("former");
        for (int i = 0; i < 5; i++) {
            WORKERS.forEach(worker -> beat(worker, false));
        }
        add("g");
        beat("w-3", true);
        assertThat(proposals()).isEmpty();
    }

    @Test
    void whoBeginsToLeadHasHeardNothingYet() {
        add("g");
        for (int i = 0; i < 5; i++) {
            WORKERS.forEach(worker -> beat(worker, worker.equals("w-3")));
        }
        assertThat(proposals()).hasSize(1);
        heartbeats.leads(false);
        heartbeats.leads(true);
        assertThat(proposals()).isEmpty();
        WORKERS.forEach(worker -> beat(worker, worker.equals("w-3")));
        assertThat(proposals()).as("the first of two may be from before").isEmpty();
        WORKERS.forEach(worker -> beat(worker, worker.equals("w-3")));
        assertThat(proposals()).hasSize(1);
    }

    private List<Repairs.Proposal> proposals() {
        nanos += Duration.ofSeconds(1).toNanos();
        heartbeats.follow(cluster);
        return Repairs.proposals(cluster, heartbeats.standing(cluster), SETTINGS, 100);
    }

    private void beat(String worker, boolean tells) {
        nanos += Duration.ofMillis(500).toNanos();
        HeartbeatRequest.Builder told =
                HeartbeatRequest.newBuilder().setWorker(worker).setStartedAtMs(1);
        if (tells) {
            told.addReplicas(
                    ReplicaStatus.newBuilder()
                            .setGroup("g")
                            .setCollectionId("c")
                            .setRole(Role.ROLE_LEADER)
                            .addAllVoters(WORKERS)
                            .setCondition(
                                    ReplicaCondition.newBuilder()
                                            .setRunning(Running.getDefaultInstance())));
        }
        heartbeats.heard(told.build());
    }

    /** A collection of one shard is ready. */
    private void add(String group) {
        CollectionFacts facts =
                CollectionFacts.newBuilder()
                        .setId("c")
                        .setName("c")
                        .setTopic("c")
                        .setDeadLetterTopic("c")
                        .setShards(1)
                        .setReplicationFactor(3)
                        .build();
        ShardPlacement shard =
                ShardPlacement.newBuilder().setGroup(group).addAllMembers(WORKERS).build();
        CatalogRecord record =
                CatalogRecord.newBuilder()
                        .setFacts(facts)
                        .setState(CollectionState.COLLECTION_STATE_READY)
                        .addGenerations(Generation.newBuilder().addShards(shard))
                        .build();
        cluster = cluster.with(new CatalogEntry(record, 0, 1, null));
        heartbeats.follow(cluster);
    }
}
