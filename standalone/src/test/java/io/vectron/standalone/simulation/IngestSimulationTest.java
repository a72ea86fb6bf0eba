package io.vectron.standalone.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The path from log to watermark under faults. Invariants: no acknowledged write lost, no
 * resurrected delete, highest offset wins, watermark never lies, watermark never falls, equal
 * digests, no rejected record unheard of.
 */
class IngestSimulationTest {
    private static final int STEPS = 1_500;

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("vectron.simulation.seeds", 400));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void promisesHoldUnderFaults(long seed) {
        new Simulation(seed).run(STEPS);
    }

    @Test
    void catchesAWatermarkPublishedEarly() {
        assertThatThrownBy(() ->
                        new Simulation(
                                        7,
                                        SimulatedIndex.PublishesEarly::new,
                                        UnaryOperator.identity())
                                .run(STEPS))
                .isInstanceOf(Simulation.Violation.class)
                .hasMessageContaining("watermark never lies");
    }

    @Test
    void catchesADroppedDeduplication() {
        long caught =
                IntStream.range(0, 20)
                        .filter(seed ->
                                isCaught(
                                        new Simulation(
                                                seed,
                                                SimulatedIndex::new,
                                                SimulatedShard.withoutDeduplication())))
                        .count();
        assertThat(caught).isEqualTo(20);
    }

    private static boolean isCaught(Simulation simulation) {
        try {
            simulation.run(STEPS);
            return false;
        } catch (Simulation.Violation expected) {
            return true;
        }
    }

    @Test
    void catchesARowDeletedBehindTheWorkersBack() {
        Simulation simulation = new Simulation(11);
        simulation.run(STEPS);
        String victim = simulation.log.stateAt(simulation.log.end()).keySet().iterator().next();
        assertThat(simulation.loseRow(victim)).isTrue();
        assertThatThrownBy(simulation::equalDigests)
                .isInstanceOf(Simulation.Violation.class)
                .hasMessageContaining("equal digests");
    }
}
