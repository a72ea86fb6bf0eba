package io.vectron.placement.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.proto.log.v1.AdvanceCollection;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.CreationFailure;
import io.vectron.proto.log.v1.ForgetCollection;
import io.vectron.proto.log.v1.ForgetTopic;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.RecordCollection;
import io.vectron.proto.log.v1.RecordWorker;
import io.vectron.proto.log.v1.ShardPlacement;
import io.vectron.replication.RaftPosition;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random entries, sensible and not, over few names and ids so that they collide. Named invariants
 * hold after each, and a replica that comes back from a checkpoint and the rest of the log ends
 * where the first one did, with the same answers.
 */
final class CatalogCoreModelTest {
    private static final int ENTRIES = 400;

    @TempDir Path folder;

    static IntStream seeds() {
        return IntStream.range(0, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void holdsItsInvariants(int seed) throws Exception {
        Random random = new Random(seed);
        ReplicatedCatalog first = new ReplicatedCatalog();
        first.open(folder.resolve("none-" + seed));
        int cut = random.nextInt(ENTRIES);
        List<byte[]> log = new ArrayList<>();
        List<byte[]> answers = new ArrayList<>();
        Path checkpoint = folder.resolve("at-" + seed);
        for (int i = 0; i < ENTRIES; i++) {
            Cluster before = first.cluster();
            byte[] entry = entry(random, before).toByteArray();
            log.add(entry);
            answers.add(first.apply(new RaftPosition(1, i), ByteBuffer.wrap(entry)));
            check(before, first.cluster(), Answer.of(answers.getLast()));
            if (i == cut) {
                first.checkpoint(new RaftPosition(1, i), checkpoint);
            }
        }

        ReplicatedCatalog second = new ReplicatedCatalog();
        RaftPosition at = second.open(checkpoint);
        assertThat(at).isEqualTo(new RaftPosition(1, cut));
        for (int i = cut + 1; i < ENTRIES; i++) {
            byte[] answer = second.apply(new RaftPosition(1, i), ByteBuffer.wrap(log.get(i)));
            assertThat(answer).isEqualTo(answers.get(i));
        }
        assertThat(second.cluster()).isEqualTo(first.cluster());
    }

    private static void check(Cluster before, Cluster after, Answer answer) {
        // A name belongs to one collection.
        Set<String> names = new HashSet<>();
        for (CatalogEntry entry : after.collections().values()) {
            assertThat(names.add(entry.facts().getTenant() + "/" + entry.facts().getName()))
                    .isTrue();
        }
        // An address belongs to one worker.
        Set<String> addresses = new HashSet<>();
        after.workers().values().stream()
                .filter(worker -> worker.hasAddress())
                .forEach(worker ->
                        assertThat(addresses.add(worker.host() + worker.port())).isTrue());
        // No member of a shard is unknown.
        for (CatalogEntry entry : after.collections().values()) {
            for (ShardPlacement shard : entry.record().getGenerations(0).getShardsList()) {
                assertThat(before.workers().keySet()).containsAll(shard.getMembersList());
                assertThat(after.workers().keySet()).containsAll(shard.getMembersList());
            }
        }
        // The version grows exactly with what readers see; a refusal changes nothing.
        boolean seen =
                !before.workers().equals(after.workers())
                        || !records(before).equals(records(after));
        assertThat(after.version()).isEqualTo(before.version() + (seen ? 1 : 0));
        if (!(answer instanceof Answer.Done)) {
            assertThat(after).isEqualTo(before);
        }
        // A collection moves only forward, one version at a time.
        for (CatalogEntry old : before.collections().values()) {
            CatalogEntry now = after.collection(old.id());
            if (now == null) {
                assertThat(old.state()).isEqualTo(CollectionState.COLLECTION_STATE_DELETING);
                assertThat(after.deadLetters()).containsKey(old.facts().getDeadLetterTopic());
            } else if (!now.equals(old)) {
                assertThat(now.version()).isEqualTo(old.version() + 1);
                assertThat(now.state().getNumber()).isGreaterThanOrEqualTo(old.state().getNumber());
                assertThat(now.facts()).isEqualTo(old.facts());
                if (!old.record().getTopicId().isEmpty()) {
                    assertThat(now.record().getTopicId()).isEqualTo(old.record().getTopicId());
                }
            }
        }
    }

    private static List<Object> records(Cluster cluster) {
        return cluster.collections().values().stream().<Object>map(CatalogEntry::record).toList();
    }

    private static PlacementEntry entry(Random random, Cluster cluster) {
        PlacementEntry.Builder entry =
                PlacementEntry.newBuilder().setStampedAtMs(random.nextInt(1_000_000));
        switch (random.nextInt(10)) {
            case 0 ->
                    entry.setRecordWorker(
                            RecordWorker.newBuilder()
                                    .setId(random.nextInt(20) == 0 ? "?" : "w" + random.nextInt(4))
                                    .setHost("h")
                                    .setPort(random.nextInt(5))
                                    .setRaftPort(1));
            case 1, 2 -> entry.setRecordCollection(collection(random, cluster));
            case 3 ->
                    entry.setForgetCollection(
                            ForgetCollection.newBuilder()
                                    .setId(id(random, cluster))
                                    .setExpectedVersion(version(random, cluster))
                                    .setDeadLettersUntilMs(random.nextInt(10) - 1));
            case 4 ->
                    entry.setForgetTopic(
                            ForgetTopic.newBuilder().setTopic("c" + random.nextInt(40) + ".dlq"));
            default -> entry.setAdvanceCollection(advance(random, cluster));
        }
        return entry.build();
    }

    private static RecordCollection collection(Random random, Cluster cluster) {
        String id = "c" + random.nextInt(40);
        RecordCollection.Builder command =
                RecordCollection.newBuilder()
                        .setFacts(
                                CollectionFacts.newBuilder()
                                        .setId(id)
                                        .setTenant(random.nextBoolean() ? "" : "t")
                                        .setName("n" + random.nextInt(5))
                                        .setTopic(random.nextInt(20) == 0 ? "" : id)
                                        .setDeadLetterTopic(id + ".dlq")
                                        .setShards(1));
        Generation.Builder generation = Generation.newBuilder().setNumber(1).setActive(true);
        if (!cluster.workers().isEmpty()) {
            generation.addShards(
                    ShardPlacement.newBuilder().addMembers(cluster.workers().firstKey()));
        }
        return command.setGeneration(generation).build();
    }

    private static AdvanceCollection.Builder advance(Random random, Cluster cluster) {
        String id = id(random, cluster);
        CatalogEntry entry = cluster.collection(id);
        AdvanceCollection.Builder command =
                AdvanceCollection.newBuilder()
                        .setId(id)
                        .setStep(random.nextInt(4))
                        .setStateValue(random.nextInt(5));
        if (entry != null) {
            command.setExpectedVersion(entry.version() - (random.nextInt(5) == 0 ? 1 : 0));
        }
        if (random.nextInt(3) == 0) {
            command.setTopicId("topic-" + random.nextInt(2));
        }
        if (random.nextInt(6) == 0) {
            command.setFailure(
                    CreationFailure.newBuilder().setCode(random.nextInt(5) == 0 ? "" : "INTERNAL"));
        }
        return command;
    }

    private static String id(Random random, Cluster cluster) {
        List<String> ids = List.copyOf(cluster.collections().keySet());
        return ids.isEmpty() || random.nextInt(10) == 0
                ? "nobody"
                : ids.get(random.nextInt(ids.size()));
    }

    private static long version(Random random, Cluster cluster) {
        List<CatalogEntry> entries = List.copyOf(cluster.collections().values());
        return entries.isEmpty() ? 0 : entries.get(random.nextInt(entries.size())).version();
    }
}
