package io.vectron.standalone.history;

import java.util.List;

/** What a read asked for. */
public sealed interface Question {
    /** The nearest points by the graph, which may miss some. */
    record Nearest() implements Question {}

    /** Every point there is, compared exactly. */
    record All() implements Question {}

    /** These keys. */
    record Keys(List<String> keys) implements Question {
        /** Keeps a copy. */
        public Keys {
            keys = List.copyOf(keys);
        }
    }
}
