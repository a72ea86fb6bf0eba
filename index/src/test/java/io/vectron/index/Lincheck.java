package io.vectron.index;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/** How much Lincheck tries: enough to find what is planted; {@code vectron.lincheck} times more. */
public final class Lincheck {

    private static final int TIMES = Integer.getInteger("vectron.lincheck", 1);

    private Lincheck() {}

    /** Two threads, few operations each. */
    public static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(2)
                .actorsPerThread(2)
                .actorsAfter(1)
                .iterations(6 * TIMES)
                .invocationsPerIteration(100 * TIMES)
                .minimizeFailedScenario(false);
    }
}
