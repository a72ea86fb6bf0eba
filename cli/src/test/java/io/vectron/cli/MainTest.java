package io.vectron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands in this process, against a gateway in memory. */
class MainTest {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int WRONG = 2;

    @TempDir Path folder;
    private FakeGateway gateway;
    private final PrintStream standard = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void start() throws Exception {
        gateway = FakeGateway.start();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() throws Exception {
        System.setOut(standard);
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "frobnicate",
                "collection",
                "collection lst",
                "collection create films --metric dot",
                "collection create films --dimension 2 --metric manhattan",
                "collection create films --dimension 2 --metric dot --layout best",
                "collection index",
                "collection index films --sample many",
                "collection list --timeout soon",
                "collection list --timeout 0s",
                "collection list --address nowhere",
                "point get -c films",
                "point upsert",
                "point upsert -c films --batch 1001 -",
                "search -c films",
                "search -c films --vector 1,x",
                "search -c films --vector 1,2 --id a",
                "search -c films --vector 1,2 --at-least soon",
                "import -c films",
                "import -c films a.jsonl --from -1",
                "import -c films a.jsonl --format csv",
                "dlq retry -c films",
                "dlq drop -c films 0-1 --all",
                "dlq list -c films --since yesterday",
                "trace",
                "trace topic/x/1",
                "trace AAAAAAAAAAAAAAAAAAAAAA/0/1"
            })
    void aWrongCommandLineIsRefusedBeforeAnythingIsAsked(String line) {
        assertThat(Main.run(line.isEmpty() ? new String[0] : line.split(" ", -1))).isEqualTo(WRONG);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void noVectronIsAFailure() {
        assertThat(Main.run("collection", "list", "--address", "127.0.0.1:1")).isEqualTo(FAILED);
    }

    @Test
    void showsWhatAnIndexIsMadeOf() {
        assertThat(run("collection", "index", "films", "--sample", "80")).isEqualTo(OK);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("shard 0 on w1: position 1,200, 7 rows wait for a graph")
                .contains("recall@10 0.9875 of 80 sampled rows")
                .containsPattern("sealed +fused +1 +1,000 +10 +2\\.5")
                .containsPattern("hot +7 +0 +0\\.0");
    }

    @Test
    void anIndexThatNobodyTellsOfIsAFailure() {
        assertThat(run("collection", "index", "away", "--json")).isEqualTo(FAILED);
        assertThat(lines()).hasSize(1);
        assertThat(lines().getFirst()).contains("\"answered\":false,\"problem\":\"it is away\"");
    }

    @Test
    void importsAFileOfRows() throws IOException {
        Path file = folder.resolve("rows.u8bin");
        Files.write(file, new byte[] {2, 0, 0, 0, 2, 0, 0, 0, 1, 2, 3, 4});
        assertThat(run("import", "-c", "films", file.toString(), "--id-prefix", "row-", "--json"))
                .isEqualTo(OK);
        assertThat(gateway.points()).containsOnlyKeys("row-0", "row-1");
        assertThat(lines())
                .containsExactly(
                        "{\"written\":2,\"refused\":0,\"next\":2,\"tokens\":"
                                + "[\"AAAAAAAAAAAAAAAAAAAAAA/0/1\"]}");
    }

    @Test
    void rowsOfAnotherDimensionAreRefusedBeforeTheFirst() throws IOException {
        Path file = folder.resolve("rows.u8bin");
        Files.write(file, new byte[] {1, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3});
        assertThat(run("import", "-c", "films", file.toString())).isEqualTo(FAILED);
        assertThat(run("import", "-c", "films", folder.resolve("absent.npy").toString()))
                .isEqualTo(FAILED);
        assertThat(run("import", "-c", "nothing", file.toString())).isEqualTo(FAILED);
        assertThat(gateway.points()).isEmpty();
    }

    @Test
    void upsertPrintsALineAPoint() throws IOException {
        Path file = folder.resolve("a.jsonl");
        Files.writeString(file, "{\"id\":\"a\",\"vector\":[1,2]}\n{\"id\":\"b\",\"vector\":[1,2]}");
        assertThat(run("point", "upsert", "-c", "films", file.toString(), "--json")).isEqualTo(OK);
        assertThat(lines())
                .containsExactly(
                        "{\"id\":\"a\",\"token\":\"AAAAAAAAAAAAAAAAAAAAAA/0/0\"}",
                        "{\"id\":\"b\",\"token\":\"AAAAAAAAAAAAAAAAAAAAAA/0/1\"}");
    }

    @Test
    void somethingRefusedIsAFailureEvenIfItWentOn() throws IOException {
        Path file = folder.resolve("a.jsonl");
        Files.writeString(file, "junk\n{\"id\":\"b\",\"vector\":[1,2]}");
        assertThat(run("import", "-c", "films", file.toString(), "--keep-going")).isEqualTo(FAILED);
        assertThat(gateway.points()).containsOnlyKeys("b");
    }

    @Test
    void listsAllPagesOfDeadLettersWithNothingThatATerminalObeys() {
        assertThat(run("dlq", "list", "-c", "films")).isEqualTo(OK);
        assertThat(lines()).hasSize(4);
        assertThat(lines().get(1)).contains("0-0", "open", "vector_zero", "p\\u001b[2J0");
        assertThat(run("dlq", "list", "-c", "films", "--limit", "1", "--json")).isEqualTo(OK);
        assertThat(lines().getLast()).startsWith("{\"id\":\"0-0\",\"state\":\"open\"");
    }

    @Test
    void retriesAllPagesAndFailsIfOneFailed() {
        assertThat(run("dlq", "retry", "-c", "films", "--rule", "vector_zero", "--dry-run"))
                .isEqualTo(FAILED);
        assertThat(gateway.retries())
                .hasSize(2)
                .allMatch(call -> call.getDryRun() && !call.getForce())
                .allMatch(call -> call.getLetters().getFilter().getRules(0).equals("vector_zero"));
        assertThat(lines().getLast()).isEqualTo("0 would be written, 1 skipped, 1 failed");
        assertThat(run("dlq", "retry", "-c", "films", "0-0", "--force")).isEqualTo(OK);
        assertThat(gateway.retries().getLast().getForce()).isTrue();
    }

    @Test
    void dropsNothingUnlessSomebodySaysYes() {
        assertThat(run("dlq", "drop", "-c", "films", "0-0", "0-1")).isEqualTo(FAILED);
        assertThat(gateway.drops()).isEmpty();
        assertThat(run("dlq", "drop", "-c", "films", "0-0", "0-1", "--yes")).isEqualTo(OK);
        assertThat(gateway.drops()).hasSize(1);
        assertThat(lines()).containsExactly("2 letters dropped");
    }

    @Test
    void deletesNoCollectionUnlessSomebodySaysYes() {
        assertThat(run("collection", "delete", "films")).isEqualTo(FAILED);
    }

    @Test
    void statusFailsWhenAWorkerIsSilent() {
        assertThat(run("status")).isEqualTo(OK);
        assertThat(lines().getFirst()).contains("serving", "version 1");
        gateway.silenceWorker();
        assertThat(run("status", "--json")).isEqualTo(FAILED);
        assertThat(lines().getLast()).contains("\"health\":\"serving\"", "\"problem\":\"asleep\"");
    }

    private int run(String... arguments) {
        return Main.run(
                Stream.concat(
                                Stream.of(arguments),
                                Stream.of("--address", gateway.address().toString()))
                        .toArray(String[]::new));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
