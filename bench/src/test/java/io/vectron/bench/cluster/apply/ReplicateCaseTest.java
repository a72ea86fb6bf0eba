package io.vectron.bench.cluster.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.bench.report.Measurement;
import io.vectron.bench.run.Vectors;
import io.vectron.cli.terminal.Screen;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.log.v1.ShardEntry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicateCaseTest {
    private static final Vectors SMALL = Vectors.synthetic(16, 4, 1);

    @TempDir private Path folder;

    @Test
    void batchesFollowOneAnotherAndReplaceHalfOfTheRows() throws Exception {
        Batches batches = Batches.of(SMALL, 2_000);
        long next = 0;
        for (int i = 0; i < batches.entries().size(); i++) {
            ApplyBatch batch = ShardEntry.parseFrom(batches.entries().get(i)).getApplyBatch();
            assertThat(batch.getFrom()).isEqualTo(next);
            assertThat(batch.getRecordsCount()).isEqualTo(batches.rows().get(i).size());
            next = batch.getTo();
        }
        assertThat(next).isEqualTo(2_000);
        assertThat(batches.rows().stream().flatMap(List::stream).map(Batches.Row::id).distinct())
                .hasSize(1_000);
    }

    @Test
    void aBatchOfLongVectorsFitsIntoAnEntry() {
        Vectors tall = Vectors.synthetic(4_096, 2, 1);
        assertThat(Batches.of(tall, 200).entries())
                .allMatch(entry -> entry.size() < 1_000_000)
                .hasSizeGreaterThan(1);
    }

    @Test
    void everyWayWritesAllRows() throws Exception {
        List<Measurement> measured =
                new ReplicateCase("cluster", folder, SMALL, 1_000, 1, Screen.err()).measure();
        assertThat(measured)
                .extracting(Measurement::engine)
                .containsExactly("rocksdb", "vectron", "vectron-pipelined", "vectron-indexed");
        assertThat(measured)
                .allMatch(it -> it.metrics().getOrDefault("vectors_per_second", 0.0) > 0);
        assertThat(measured)
                .filteredOn(it -> it.metrics().containsKey("ratio"))
                .extracting(Measurement::engine)
                .containsExactly("vectron");
    }
}
