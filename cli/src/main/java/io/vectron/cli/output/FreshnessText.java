package io.vectron.cli.output;

import io.vectron.proto.v1.Freshness;
import java.util.stream.Collectors;

/** The state that an answer was given in, for people. */
public final class FreshnessText {
    private FreshnessText() {}

    /** One line. */
    public static String of(Freshness freshness) {
        String positions =
                freshness.getWatermarksList().stream()
                        .map(w -> w.getShard() + ":" + w.getPosition())
                        .collect(Collectors.joining(" "));
        String until =
                freshness.hasFreshAsOf()
                        ? "everything until " + Names.time(freshness.getFreshAsOf())
                        : "of unknown age";
        return "fresh: " + until + "; position by shard " + positions;
    }
}
