package io.vectron.bench.index;

import java.util.List;

/** Reads measurements that were printed as JSON, a line each. */
final class Lines {
    private Lines() {}

    static List<String> ofCase(List<String> lines, String scenario) {
        return lines.stream()
                .filter(line -> line.contains("\"case\":\"" + scenario + "\""))
                .toList();
    }

    static double figure(String line, String metric) {
        String from = line.substring(line.indexOf("\"" + metric + "\":") + metric.length() + 3);
        return Double.parseDouble(from.split("[,}]", 2)[0]);
    }
}
