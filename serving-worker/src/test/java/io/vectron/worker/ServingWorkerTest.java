package io.vectron.worker;

import static io.vectron.worker.shard.Entries.batch;
import static io.vectron.worker.shard.Entries.delete;
import static io.vectron.worker.shard.Entries.point;
import static io.vectron.worker.shard.Entries.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.worker.v1.Hit;
import io.vectron.proto.worker.v1.ShardHits;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingWorkerTest {
    @TempDir Path folder;
    private WorkerHarness worker;

    @BeforeEach
    void start() throws Exception {
        worker = new WorkerHarness(folder);
        worker.addReplica();
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    @Test
    void aBatchIsSearchableWhenItIsAcknowledged() {
        var applied =
                worker.apply(
                        batch(
                                0,
                                3,
                                upsert(0, "near", point("close by", 1, 0)),
                                upsert(1, "far", 9, 9),
                                upsert(2, "gone", 1, 1)));
        assertThat(applied.getApplied().getPosition()).isEqualTo(3);
        worker.apply(batch(3, 4, delete(3, "gone")));

        ShardHits hits =
                worker.stub()
                        .search(WorkerHarness.search(10, 1, 0).setWithPayload(true).build())
                        .getShards(0);

        assertThat(hits.getState().getPosition()).isEqualTo(4);
        assertThat(hits.getHitsList()).extracting(Hit::getId).containsExactly("near", "far");
        assertThat(hits.getHits(0).getPoint().getPayload().getFields(0).getValue().getStringValue())
                .isEqualTo("close by");
        assertThat(hits.getHits(0).getPoint().getVectorsCount()).isZero();
        assertThat(hits.getHits(0).getVersion()).isZero();
    }
}
