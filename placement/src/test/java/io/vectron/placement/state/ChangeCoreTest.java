package io.vectron.placement.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.proto.log.v1.BeginChange;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.ChangeKind;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.Generation;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.PlacementEntry;
import io.vectron.proto.log.v1.ShardPlacement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which change of a shard may begin. */
final class ChangeCoreTest {
    private Cluster cluster = Cluster.EMPTY;

    @BeforeEach
    void aShardOfThree() {
        CatalogRecord record =
                CatalogRecord.newBuilder()
                        .setFacts(
                                CollectionFacts.newBuilder()
                                        .setId("c")
                                        .setName("c")
                                        .setTopic("c")
                                        .setDeadLetterTopic("c")
                                        .setShards(1)
                                        .setReplicationFactor(3))
                        .setState(CollectionState.COLLECTION_STATE_READY)
                        .addGenerations(
                                Generation.newBuilder()
                                        .addShards(
                                                ShardPlacement.newBuilder()
                                                        .setGroup("g")
                                                        .setEpoch(1)
                                                        .addAllMembers(List.of("a", "b", "c"))))
                        .build();
        cluster = Cluster.EMPTY.with(new CatalogEntry(record, 0, 1, null));
    }

    @Test
    void aShardHasOneChangeAtATime() {
        assertThat(begin(ChangeKind.CHANGE_KIND_REPLACE, 2)).isInstanceOf(Answer.Done.class);
        assertThat(begin(ChangeKind.CHANGE_KIND_REPLACE, 3)).isInstanceOf(Answer.Conflict.class);
        assertThat(kinds()).containsExactly(ChangeKind.CHANGE_KIND_REPLACE);
    }

    @Test
    void aNewGroupTakesThePlaceOfAChangeOfTheLostOne() {
        assertThat(begin(ChangeKind.CHANGE_KIND_REPLACE, 2)).isInstanceOf(Answer.Done.class);
        assertThat(begin(ChangeKind.CHANGE_KIND_RENEW, 4)).isInstanceOf(Answer.Conflict.class);
        assertThat(begin(ChangeKind.CHANGE_KIND_RENEW, 3)).isInstanceOf(Answer.Done.class);
        assertThat(kinds()).containsExactly(ChangeKind.CHANGE_KIND_RENEW);
        assertThat(begin(ChangeKind.CHANGE_KIND_RENEW, 3))
                .as("again")
                .isInstanceOf(Answer.Done.class);
        assertThat(kinds()).containsExactly(ChangeKind.CHANGE_KIND_RENEW);
    }

    @Test
    void nothingTakesThePlaceOfANewGroup() {
        assertThat(begin(ChangeKind.CHANGE_KIND_RENEW, 2)).isInstanceOf(Answer.Done.class);
        assertThat(begin(ChangeKind.CHANGE_KIND_RENEW, 3)).isInstanceOf(Answer.Conflict.class);
        assertThat(begin(ChangeKind.CHANGE_KIND_REPLACE, 3)).isInstanceOf(Answer.Conflict.class);
    }

    private Answer begin(ChangeKind kind, long epoch) {
        MemberChange change = MemberChange.newBuilder().setKind(kind).setEpoch(epoch).build();
        BeginChange command = BeginChange.newBuilder().setId("c").setChange(change).build();
        Transition transition =
                CatalogCore.apply(
                        cluster, PlacementEntry.newBuilder().setBeginChange(command).build());
        cluster = transition.next();
        return transition.answer();
    }

    private List<ChangeKind> kinds() {
        return Objects.requireNonNull(cluster.collection("c")).changes().stream()
                .map(MemberChange::getKind)
                .toList();
    }
}
