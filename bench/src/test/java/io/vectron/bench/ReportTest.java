package io.vectron.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.bench.report.Measurement;
import io.vectron.bench.report.Percentiles;
import io.vectron.bench.report.Report;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Measurement MEASUREMENT =
            new Measurement(
                    "smoke",
                    "ingest",
                    "vectron",
                    "synthetic",
                    Map.of("points", "100"),
                    Map.of("vectors_per_second", 1234.5));

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void jsonIsOneLineAMeasurement() {
        Report report = report(true);
        report.add(MEASUREMENT);
        report.finish();
        assertThat(text())
                .isEqualTo(
                        "{\"bench\":\"smoke\",\"case\":\"ingest\",\"engine\":\"vectron\","
                                + "\"dataset\":\"synthetic\",\"params\":{\"points\":\"100\"},"
                                + "\"metrics\":{\"vectors_per_second\":1234.5}}\n");
    }

    @Test
    void tableSaysWhetherTheTargetWasReached() {
        Report report = report(false);
        report.add(MEASUREMENT);
        report.finish();
        assertThat(text().lines().toList().get(1)).contains("1,2", ">= 1,500", "missed");
    }

    @Test
    void percentilesAreByNearestRank() {
        var percentiles = new Percentiles(new double[] {4, 1, 3, 2});
        assertThat(percentiles.at(0.5)).isEqualTo(2);
        assertThat(percentiles.at(0.51)).isEqualTo(3);
        assertThat(percentiles.at(1)).isEqualTo(4);
        assertThatThrownBy(() -> percentiles.at(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private Report report(boolean json) {
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new Report(
                out, json, Map.of("ingest.vectors_per_second", new Report.Target.AtLeast(1500)));
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
