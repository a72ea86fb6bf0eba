package io.vectron.bench.index;

import static io.vectron.bench.index.Lines.figure;
import static io.vectron.bench.index.Lines.ofCase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.bench.data.DataFolder;
import io.vectron.bench.data.Dataset;
import io.vectron.bench.report.Report;
import io.vectron.cli.terminal.Screen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexBenchTest {
    private static final List<Integer> EFS = List.of(10, 200);
    private static final List<String> PARAMETERS =
            List.of("alpha=1.2,degree=16,beam=32", "layout=compact");

    @TempDir private Path folder;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @BeforeEach
    void writeData() throws IOException {
        DataFolder.synthetic(folder, 2_100, 50, 24);
    }

    @Test
    void enginesGoThroughAllCasesAndOneThatIsNotInstalledIsLeftOut() throws IOException {
        List<String> engines =
                List.of("vectron", "lucene-int8", "vectron-compact", "vectron-hot", "hnswlib");
        List<String> lines = run(new LinkedHashSet<>(IndexBench.ENGINE_CASES), engines);
        assertThat(lines).allSatisfy(line -> assertThat(line).contains("\"bench\":\"index\""));
        assertThat(ofCase(lines, "build"))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).contains("vectors_per_cpu_second"));
        assertThat(ofCase(lines, "search")).hasSize(8);
        assertThat(ofCase(lines, "search"))
                .filteredOn(line -> line.contains("\"ef\":\"200\""))
                .hasSize(4)
                .allSatisfy(line -> assertThat(figure(line, "recall_at_10")).isGreaterThan(0.95));
        assertThat(ofCase(lines, "search-at-recall"))
                .anySatisfy(line -> assertThat(line).contains("vectron-hot", "ratio_to_lucene"));
        assertThat(ofCase(lines, "memory"))
                .hasSize(4)
                .allSatisfy(line -> assertThat(figure(line, "bytes_per_vector")).isGreaterThan(96));
        assertThat(ofCase(lines, "search-under-writes"))
                .singleElement()
                .satisfies(line -> assertThat(figure(line, "written_per_second")).isPositive());
        assertThat(ofCase(lines, "search-after-updates"))
                .singleElement()
                .satisfies(line -> assertThat(figure(line, "recall_at_10")).isGreaterThan(0.95));
    }

    @Test
    void whatWasBuiltIsOpenedByTheNextRun() throws IOException {
        Set<String> cases = new LinkedHashSet<>(List.of("build", "search"));
        List<String> engines = List.of("vectron", "vectron-fused", "jvector", "jvector-slab");
        List<String> first = run(cases, engines);
        List<String> second = run(cases, engines);
        assertThat(ofCase(first, "build"))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).contains("in this run"));
        assertThat(ofCase(second, "build"))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).contains("earlier"));
        for (List<String> lines : List.of(first, second)) {
            assertThat(ofCase(lines, "search"))
                    .filteredOn(line -> line.contains("\"ef\":\"200\""))
                    .hasSize(4)
                    .allSatisfy(
                            line -> assertThat(figure(line, "recall_at_10")).isGreaterThan(0.95));
        }
    }

    @Test
    void aPlanThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> plan(Set.of("builds"), List.of("lucene"), EFS))
                .hasMessageContaining("no case 'builds'; there are: build, search");
        assertThatThrownBy(() -> plan(Set.of("build"), List.of("elastic"), EFS))
                .hasMessageContaining("no engine 'elastic'; there are: vectron, vectron-fused");
        assertThatThrownBy(() -> plan(Set.of("build"), List.of("lucene"), List.of(9)))
                .hasMessageContaining("ef must be 10..10000");
    }

    private IndexPlan plan(Set<String> cases, List<String> engines, List<Integer> efs) {
        Path cache = folder.resolve("cache");
        return new IndexPlan(
                cases, engines, efs, 1, 2, 1, 1, 1, 2, PARAMETERS, cache, "no-such-python");
    }

    private List<String> run(Set<String> cases, List<String> engines) throws IOException {
        Dataset data = Dataset.open(folder, null, Integer.MAX_VALUE - 1);
        bytes.reset();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        var report = new Report(out, true, IndexBench.TARGETS);
        Path scratch = Files.createTempDirectory(folder, "scratch");
        IndexPlan plan = plan(cases, engines, EFS);
        new IndexBench(data, plan, scratch, report, Screen.err()).run();
        report.finish();
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
