package io.vectron.bench.index;

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

    @TempDir private Path folder;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @BeforeEach
    void writeData() throws IOException {
        DataFolder.synthetic(folder, 2_100, 50, 24);
    }

    @Test
    void enginesGoThroughAllCasesAndOneThatIsNotInstalledIsLeftOut() throws IOException {
        List<String> engines = List.of("vectron-hot", "lucene-int8", "vectron-compact", "hnswlib");
        List<String> lines = run(IndexBench.CASES, engines);
        assertThat(lines).allSatisfy(line -> assertThat(line).contains("\"bench\":\"index\""));
        assertThat(of(lines, "build"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("vectors_per_cpu_second"));
        assertThat(of(lines, "search")).hasSize(6);
        assertThat(of(lines, "search"))
                .filteredOn(line -> line.contains("\"ef\":\"200\""))
                .hasSize(3)
                .allSatisfy(line -> assertThat(figure(line, "recall_at_10")).isGreaterThan(0.95));
        assertThat(of(lines, "search-at-recall"))
                .anySatisfy(line -> assertThat(line).contains("vectron-hot", "ratio_to_lucene"));
        assertThat(of(lines, "memory"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(figure(line, "bytes_per_vector")).isGreaterThan(96));
        assertThat(of(lines, "search-under-writes"))
                .singleElement()
                .satisfies(line -> assertThat(figure(line, "written_per_second")).isPositive());
        assertThat(of(lines, "search-after-updates"))
                .singleElement()
                .satisfies(line -> assertThat(figure(line, "recall_at_10")).isGreaterThan(0.95));
    }

    @Test
    void whatWasBuiltIsOpenedByTheNextRun() throws IOException {
        Set<String> cases = new LinkedHashSet<>(List.of("build", "search"));
        List<String> engines = List.of("vectron-fused", "jvector", "jvector-slab");
        List<String> first = run(cases, engines);
        List<String> second = run(cases, engines);
        assertThat(of(first, "build"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("in this run"));
        assertThat(of(second, "build"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("earlier"));
        for (List<String> lines : List.of(first, second)) {
            assertThat(of(lines, "search"))
                    .filteredOn(line -> line.contains("\"ef\":\"200\""))
                    .hasSize(3)
                    .allSatisfy(
                            line -> assertThat(figure(line, "recall_at_10")).isGreaterThan(0.95));
        }
    }

    @Test
    void aPlanThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> plan(Set.of("builds"), List.of("lucene"), EFS))
                .hasMessageContaining("no case 'builds'; there are: build, search");
        assertThatThrownBy(() -> plan(Set.of("build"), List.of("elastic"), EFS))
                .hasMessageContaining("no engine 'elastic'; there are: vectron-fused");
        assertThatThrownBy(() -> plan(Set.of("build"), List.of("lucene"), List.of(9)))
                .hasMessageContaining("ef must be 10..10000");
    }

    private IndexPlan plan(Set<String> cases, List<String> engines, List<Integer> efs) {
        Path cache = folder.resolve("cache");
        return new IndexPlan(cases, engines, efs, 1, 2, 1, 1, 1, cache, "no-such-python");
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

    private static List<String> of(List<String> lines, String scenario) {
        return lines.stream()
                .filter(line -> line.contains("\"case\":\"" + scenario + "\""))
                .toList();
    }

    private static double figure(String line, String metric) {
        String from = line.substring(line.indexOf("\"" + metric + "\":") + metric.length() + 3);
        return Double.parseDouble(from.split("[,}]", 2)[0]);
    }
}
