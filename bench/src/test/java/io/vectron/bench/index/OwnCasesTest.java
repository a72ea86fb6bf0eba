package io.vectron.bench.index;

import static io.vectron.bench.index.Lines.figure;
import static io.vectron.bench.index.Lines.ofCase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.bench.data.DataFolder;
import io.vectron.bench.data.Dataset;
import io.vectron.bench.index.engine.IndexShape;
import io.vectron.bench.report.Report;
import io.vectron.cli.terminal.Screen;
import io.vectron.index.SegmentLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases of our index as a whole, on little data. */
class OwnCasesTest {
    private static final List<String> GRAPHS =
            List.of("alpha=1.2,beam=32,degree=16", "layout=compact");

    @TempDir private Path folder;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void whatSealsAndMergesWriteIsCounted() throws IOException {
        var report = new Report(out, true, IndexBench.TARGETS);
        new MergeCase(20_000, folder, report, Screen.err()).run();
        String line = lines().getFirst();
        assertThat(line).contains("\"case\":\"merge\"", "\"engine\":\"vectron\"");
        // As 5 million would be: 38 full hot segments, and what is left.
        assertThat(figure(line, "seals")).isEqualTo(39);
        // How many merges it takes depends on how many seals each of them finds.
        assertThat(figure(line, "merges")).isBetween(1.0, 8.0);
        assertThat(figure(line, "segments")).isBetween(1.0, 13.0);
        assertThat(figure(line, "rows_written")).isBetween(30_000.0, 60_000.0);
        assertThat(figure(line, "write_amplification")).isBetween(1.5, 3.0);
        assertThat(figure(line, "vectors_per_second")).isPositive();
    }

    @Test
    void segmentsPausesRestartAndParametersAreMeasured() throws IOException {
        DataFolder.synthetic(folder, 4_400, 50, 24);
        var cases = new LinkedHashSet<>(IndexBench.OWN_CASES);
        cases.remove(MergeCase.NAME);
        var report = new Report(out, true, IndexBench.TARGETS);
        Path scratch = Files.createTempDirectory(folder, "scratch");
        var plan =
                new IndexPlan(
                        cases,
                        List.of("vectron"),
                        List.of(10, 200),
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        GRAPHS,
                        folder.resolve("cache"),
                        "no-such-python");
        Dataset data = Dataset.open(folder, null, Integer.MAX_VALUE - 1);
        new IndexBench(data, plan, scratch, report, Screen.err()).run();

        assertThat(ofCase(lines(), "search-segments"))
                .hasSizeBetween(4, 8) // the latter if there is a core to help
                .allSatisfy(line -> assertThat(figure(line, "recall_at_10")).isGreaterThan(0.95))
                .anySatisfy(line -> assertThat(line).contains("\"segments\":\"1\""))
                .anySatisfy(line -> assertThat(line).contains("\"segments\":\"8\""));
        assertThat(ofCase(lines(), "pauses"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(figure(line, "written_per_second")).isPositive();
                    assertThat(figure(line, "p999_ms")).isPositive();
                    assertThat(figure(line, "apply_p999_ms")).isPositive();
                    assertThat(figure(line, "seals")).isPositive();
                });
        assertThat(ofCase(lines(), "open"))
                .hasSize(2)
                .allSatisfy(line -> assertThat(figure(line, "seconds")).isBetween(0.001, 60.0));
        // Without the right to make a control group there is the one without a limit only.
        assertThat(ofCase(lines(), "memory-limit"))
                .hasSizeBetween(1, 2)
                .allSatisfy(line -> assertThat(figure(line, "recall_at_10")).isGreaterThan(0.95));
        assertThat(ofCase(lines(), "parameters"))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("\"layout\":\"compact\""))
                .allSatisfy(line -> assertThat(figure(line, "qps_at_recall_0.95")).isPositive());
    }

    @Test
    void aShapeIsWhatItsTextSays() {
        IndexShape shape = IndexShape.of("alpha=1.0,beam=64,layout=compact,hot=5000");
        assertThat(shape.hotRows()).isEqualTo(5_000);
        assertThat(shape.graph().beamWidth()).isEqualTo(64);
        assertThat(shape.layout()).isEqualTo(SegmentLayout.COMPACT);
        assertThat(IndexShape.of(shape.text())).isEqualTo(shape);
        assertThat(IndexShape.of("")).isEqualTo(IndexShape.DEFAULT);
        assertThatThrownBy(() -> IndexShape.of("breadth=3"))
                .hasMessageContaining("no setting 'breadth=3'; there are: [alpha, beam, degree");
        assertThatThrownBy(() -> IndexShape.of("beam=wide"))
                .hasMessageContaining("beam is no number: 'wide'");
        assertThatThrownBy(() -> IndexShape.of("layout=flat")).hasMessageContaining("no layout");
        assertThatThrownBy(() -> IndexShape.of("alpha=9")).hasMessageContaining("alpha must be");
    }
}
