package io.vectron.standalone.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * Faults in the order of a seed: the same seed and kinds give the same faults. All kinds are dealt
 * like a deck of cards, which is shuffled anew when it is used up, so that none waits long.
 */
public final class Schedule implements Iterator<Fault> {
    private static final int QUIET_MS = 3_000;
    private static final int AWAY_MS = 6_000;

    private final Random random;
    private final List<FaultKind> kinds;
    private final List<FaultKind> deck = new ArrayList<>();

    /**
     * @param kinds at least one
     */
    public Schedule(long seed, Collection<FaultKind> kinds) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("no faults");
        }
        this.random = new Random(seed);
        this.kinds = kinds.stream().sorted().distinct().toList();
    }

    /** There is always one more. */
    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public Fault next() {
        if (deck.isEmpty()) {
            deck.addAll(kinds);
            Collections.shuffle(deck, random);
        }
        return new Fault(
                deck.removeLast(),
                Duration.ofMillis(1_000 + random.nextInt(QUIET_MS)),
                random.nextInt(Integer.MAX_VALUE),
                Duration.ofMillis(random.nextInt(AWAY_MS)));
    }
}
