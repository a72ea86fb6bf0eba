package io.vectron.standalone.history;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check found.
 *
 * @param violations the first of them
 * @param total how many there are
 * @param answers answers that were judged, each at every shard
 */
public record Verdict(List<Violation> violations, long total, long answers) {
    /** Most violations that are kept: one defect shows in every later answer. */
    public static final int KEPT = 100;

    /** Keeps a copy. */
    public Verdict {
        violations = List.copyOf(violations);
    }

    /** Whether everything can be true. */
    public boolean clean() {
        return total == 0;
    }

    /** For people: each violation with its operations. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Violation violation : violations) {
            lines.add(violation.getClass().getSimpleName() + ": " + violation.text());
            violation.operations().forEach(operation -> lines.add("    " + operation));
        }
        if (total > violations.size()) {
            lines.add("and " + (total - violations.size()) + " more");
        }
        return lines;
    }
}
