package io.vectron.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.worker.v1.Hit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NearestFirstTest {

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void isTheHeadOfAllSorted(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            List<List<Hit>> shards = new ArrayList<>();
            List<Hit> all = new ArrayList<>();
            int id = 0;
            for (int shard = random.nextInt(6); shard >= 0; shard--) {
                List<Hit> hits = new ArrayList<>();
                for (int i = random.nextInt(20); i > 0; i--) {
                    // Few distances, so that many are equal; -0 among them.
                    float distance = (random.nextInt(5) - 2) * (random.nextBoolean() ? 1 : -0.5f);
                    hits.add(hit("id-" + id++, distance));
                }
                Collections.shuffle(hits, random);
                shards.add(hits);
                all.addAll(hits);
            }
            int topK = 1 + random.nextInt(30);
            all.sort(
                    Comparator.<Hit>comparingDouble(
                                    hit -> hit.getDistance() == 0 ? 0 : hit.getDistance())
                            .thenComparing(Hit::getId));

            assertThat(NearestFirst.merge(shards, topK))
                    .isEqualTo(all.subList(0, Math.min(topK, all.size())));
        }
    }

    @Test
    void breaksTiesById() {
        assertThat(
                        NearestFirst.merge(
                                List.of(
                                        List.of(hit("b", 0f), hit("d", 1f)),
                                        List.of(hit("a", -0f), hit("c", 1f))),
                                3))
                .extracting(Hit::getId)
                .containsExactly("a", "b", "c");
    }

    @Test
    void nothingOfNothing() {
        assertThat(NearestFirst.merge(List.of(), 10)).isEmpty();
    }

    private static Hit hit(String id, float distance) {
        return Hit.newBuilder().setId(id).setDistance(distance).build();
    }
}
