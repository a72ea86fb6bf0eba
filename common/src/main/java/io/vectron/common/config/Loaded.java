package io.vectron.common.config;

import java.util.List;
import java.util.stream.Collectors;

/** What came of reading a configuration. */
public sealed interface Loaded<T extends Record> {
    /**
     * All is well.
     *
     * @param settings what became of every key, in the order of the documentation
     */
    record Accepted<T extends Record>(T config, List<SettingValue> settings) implements Loaded<T> {
        public Accepted {
            settings = List.copyOf(settings);
        }
    }

    /**
     * It cannot be used.
     *
     * @param problems all of them, at least one
     */
    record Refused<T extends Record>(String service, List<Problem> problems) implements Loaded<T> {
        public Refused {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("refused without a reason");
            }
        }

        /** A line each, and one before them. */
        public String report() {
            String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
            return problems.stream()
                    .map(problem -> "  " + problem)
                    .collect(
                            Collectors.joining(
                                    "\n",
                                    "configuration of " + service + " refused, " + count + ":\n",
                                    ""));
        }
    }
}
