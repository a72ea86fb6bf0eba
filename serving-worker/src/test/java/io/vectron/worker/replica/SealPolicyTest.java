package io.vectron.worker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.worker.replica.SealPolicy.Slab;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SealPolicyTest {
    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final UUID C = new UUID(0, 3);

    private static Slab held(UUID group, long bytes) {
        return new Slab(group, true, false, false, bytes);
    }

    private static Slab full(UUID group, long bytes) {
        return new Slab(group, true, true, false, bytes);
    }

    private static Slab sealing(UUID group, long bytes) {
        return new Slab(group, true, true, true, bytes);
    }

    private static Slab followed(UUID group, long bytes) {
        return new Slab(group, false, true, false, bytes);
    }

    @Test
    void whatIsFullIsCut() {
        assertThat(SealPolicy.cuts(List.of(held(A, 10), full(B, 20)), 100)).containsExactly(B);
    }

    @Test
    void onlyALeaderCutsWhatIsFull() {
        assertThat(SealPolicy.cuts(List.of(followed(A, 60), full(B, 20)), 100)).containsExactly(B);
    }

    @Test
    void aFollowerIsCutAsWellWhenMemoryIsShort() {
        assertThat(SealPolicy.cuts(List.of(followed(A, 90), held(B, 60)), 100)).containsExactly(A);
        assertThat(SealPolicy.cuts(List.of(followed(A, 90), held(B, 60)), 50))
                .containsExactly(A, B);
        assertThat(SealPolicy.cuts(List.of(followed(A, 60), held(B, 40)), 100)).isEmpty();
    }

    @Test
    void withinTheBudgetNothingIsCut() {
        assertThat(SealPolicy.cuts(List.of(held(A, 50), held(B, 50)), 100)).isEmpty();
    }

    @Test
    void aboveTheBudgetTheLargestAreCutUntilItHolds() {
        List<Slab> slabs = List.of(held(A, 60), held(B, 80), held(C, 40));
        assertThat(SealPolicy.cuts(slabs, 179)).containsExactly(B);
        assertThat(SealPolicy.cuts(slabs, 100)).containsExactly(B);
        assertThat(SealPolicy.cuts(slabs, 99)).containsExactly(B, A);
    }

    @Test
    void whatIsFullCountsAsGone() {
        List<Slab> slabs = List.of(full(A, 60), held(B, 80), held(C, 20));
        assertThat(SealPolicy.cuts(slabs, 100)).containsExactly(A);
    }

    @Test
    void whatIsBeingSealedCountsUntilItIsInItsFileAndIsNotCutAgain() {
        List<Slab> slabs = List.of(sealing(A, 90), held(B, 80), held(C, 20));
        assertThat(SealPolicy.cuts(slabs, 190)).isEmpty();
        assertThat(SealPolicy.cuts(slabs, 189)).containsExactly(B);
        // What is left is less than a share: it waits for the files of the others.
        assertThat(SealPolicy.cuts(slabs, 90)).containsExactly(B);
        assertThat(SealPolicy.cuts(List.of(sealing(A, 900), held(B, 40)), 100)).isEmpty();
    }

    @Test
    void whatTakesLessThanItsShareIsLeft() {
        List<Slab> slabs = List.of(sealing(A, 200), held(B, 33), held(C, 32));
        assertThat(SealPolicy.cuts(slabs, 99)).containsExactly(B);
        assertThat(SealPolicy.cuts(slabs, 100)).containsExactly(B);
        assertThat(SealPolicy.cuts(slabs, 103)).isEmpty();
    }

    @Test
    void anEmptyWorkerCutsNothing() {
        assertThat(SealPolicy.cuts(List.of(), 1)).isEmpty();
        assertThat(SealPolicy.cuts(List.of(held(A, 0)), 1)).isEmpty();
    }
}
