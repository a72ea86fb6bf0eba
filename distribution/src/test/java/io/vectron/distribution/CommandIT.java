package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a person uses it, against one running Vectron. */
class CommandIT {
    private static final Duration READY = Duration.ofMinutes(3);
    private static final Duration DONE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;
    private static Launcher up;
    private static JsonNode addresses;

    @BeforeAll
    static void start() throws Exception {
        up = Launcher.start(folder, Map.of(), "up", "--json", "--data", "data", "--port-base", "0");
        addresses = up.event("ready", READY).path("addresses");
    }

    @AfterAll
    static void stop() {
        up.close();
    }

    @Test
    void fromACollectionOverPointsToSearches() throws Exception {
        ok("collection", "create", "films", "--dimension", "2", "--metric", "cosine");
        assertThat(fails(1, "collection", "create", "films", "--dimension", "2", "--metric", "dot"))
                .contains("'films' is taken", "--if-absent");
        List<String> written =
                okReading(
                        """
                        {"id":"north","vector":[0,1],"payload":{"degrees":0}}
                        {"id":"east","vector":[1,0],"payload":{"degrees":90}}
                        """,
                        "point",
                        "upsert",
                        "-c",
                        "films",
                        "--json");
        assertThat(written).hasSize(2);
        String token = JSON.readTree(written.getLast()).path("token").asText();

        List<String> found =
                ok("search", "-c", "films", "--vector", "0.1,1", "--payload", "--at-least", token);
        assertThat(found.get(1)).contains("1", "north", "{\"degrees\":0}");
        assertThat(found.get(2)).contains("2", "east");
        JsonNode byId =
                JSON.readTree(ok("search", "-c", "films", "--id", "east", "--json").getFirst());
        assertThat(byId.at("/results/0/id").asText()).isEqualTo("east");
        assertThat(fails(1, "search", "-c", "films", "--text", "where the sun rises"))
                .contains("384", "2");

        assertThat(ok("point", "get", "-c", "films", "north", "--at-least", token).getFirst())
                .startsWith("{\"id\":\"north\",\"version\":0,\"vector\":[0.0,1.0]");
        assertThat(String.join("\n", ok("trace", token, "-c", "films")))
                .contains("logged", "validated", "committed", "applied", "searchable");
        assertThat(ok("status")).anyMatch(line -> line.contains("serving"));

        List<String> deleted = ok("point", "delete", "-c", "films", "north", "--json");
        String removed = JSON.readTree(deleted.getFirst()).path("token").asText();
        assertThat(fails(1, "point", "get", "-c", "films", "north", "--at-least", removed))
                .contains("no point north");
        assertThat(fails(1, "collection", "delete", "films")).contains("--yes");
        ok("collection", "delete", "films", "--yes");
        assertThat(fails(1, "collection", "describe", "films")).contains("collection list");
    }

    @Test
    void printsWhatRestAnswers() throws Exception {
        ok("collection", "create", "twins", "--dimension", "2", "--metric", "dot", "--json");
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(addresses.path("rest").asText() + "/v1/collections"))
                        .timeout(DONE)
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            JsonNode rest =
                    JSON.readTree(client.send(request, BodyHandlers.ofString()).body())
                            .path("collections");
            JsonNode twins = JSON.missingNode();
            for (JsonNode collection : rest) {
                if (collection.at("/facts/name").asText().equals("twins")) {
                    twins = collection;
                }
            }
            JsonNode told =
                    JSON.readTree(ok("collection", "describe", "twins", "--json").getFirst());
            assertThat(told.path("facts")).isEqualTo(twins.path("facts"));
            assertThat(told.fieldNames()).toIterable().containsExactlyElementsOf(twins::fieldNames);
        }
    }

    @Test
    void importsFilesOfEachKind() throws Exception {
        ok("collection", "create", "rows", "--dimension", "2", "--metric", "euclidean");
        ByteBuffer halves = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        halves.putInt(2).putInt(2);
        for (float value : new float[] {0, 0.5f, 1, 1.5f}) {
            halves.putShort(Float.floatToFloat16(value));
        }
        write("a.f16bin", halves.array());
        String head = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n";
        ByteBuffer npy = ByteBuffer.allocate(10 + head.length() + 8).order(ByteOrder.LITTLE_ENDIAN);
        npy.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        npy.put((byte) 1).put((byte) 0).putShort((short) head.length());
        npy.put(head.getBytes(StandardCharsets.US_ASCII)).putFloat(7).putFloat(8);
        write("b.npy", npy.array());
        Files.writeString(
                folder.resolve("c.jsonl"),
                "{\"id\":\"line\",\"vector\":[1,2]}\nnonsense\n{\"id\":\"x\",\"vector\":[1]}\n");

        JsonNode rows = imported("a.f16bin", "--id-prefix", "half-");
        assertThat(rows.path("written").asInt()).isEqualTo(2);
        JsonNode table = imported("b.npy", "--id-prefix", "npy-");
        assertThat(table.path("written").asInt()).isEqualTo(1);
        assertThat(fails(1, "import", "-c", "rows", "c.jsonl", "--keep-going"))
                .contains("line 2: json_malformed", "line 3: ", "1 components");
        String token = table.path("tokens").path(0).asText();
        assertThat(ok("point", "get", "-c", "rows", "half-1", "npy-0", "--at-least", token))
                .satisfiesExactly(
                        half -> assertThat(half).contains("\"vector\":[1.0,1.5]"),
                        npyRow -> assertThat(npyRow).contains("\"vector\":[7.0,8.0]"));
        assertThat(fails(1, "import", "-c", "rows", "absent.npy")).contains("no such file");
    }

    @Test
    void withoutAServerItSaysWhatToDo() throws Exception {
        assertThat(fails(1, "collection", "list", "--address", "127.0.0.1:1"))
                .contains("cannot reach Vectron at 127.0.0.1:1: connection refused", "./vectron up")
                .doesNotContain("Exception", "SLF4J", "WARNING");
        assertThat(fails(1, "status", "--json", "--address", "127.0.0.1:1"))
                .startsWith("{\"error\":{\"code\":\"NOT_REACHED\"");
    }

    @Test
    void aWrongCommandIsExplained() throws Exception {
        assertThat(fails(2, "colection")).contains("did you mean collection?");
        assertThat(fails(2, "collection", "lst")).contains("did you mean list?");
        assertThat(fails(2, "search", "-c", "films")).contains("--vector", "--text", "--id");
    }

    @Test
    void aReaderThatLeavesEarlyIsNoError() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        "bash",
                        "-c",
                        "\"$1\" collection list --json | true",
                        "bash",
                        Launcher.HOME.resolve("vectron").toString());
        builder.environment().putAll(environment());
        builder.environment().put("VECTRON_SKIP_BUILD", "1");
        Process piped = builder.start();
        assertThat(new String(piped.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(piped.waitFor()).isZero();
    }

    @Test
    void bashCompletes() throws Exception {
        Path script = folder.resolve("completion.bash");
        Files.write(script, ok("completion"));
        assertThat(completed(script, "vectron", "coll")).contains("collection");
        assertThat(completed(script, "vectron", "collection", "")).contains("create", "delete");
        assertThat(completed(script, "vectron", "search", "--ex")).contains("--exact");
        assertThat(completed(script, "vectron", "up", "--po")).contains("--port-base");
    }

    private static List<String> completed(Path script, String... words) throws Exception {
        String line = String.join(" ", words);
        String program =
                """
                source "$1"; shift
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
                $(complete -p vectron | sed 's/.*-F \\([^ ]*\\).*/\\1/')
                printf '%s\\n' "${COMPREPLY[@]}"
                """;
        List<String> command = new ArrayList<>(List.of("bash", "-c", program, "bash", "" + script));
        command.addAll(List.of(words));
        Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as("%s: %s", line, out).isZero();
        return out.lines().map(String::strip).toList();
    }

    private static JsonNode imported(String file, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("import", "-c", "rows", file, "--json"));
        command.addAll(List.of(options));
        return JSON.readTree(ok(command.toArray(String[]::new)).getFirst());
    }

    private static void write(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }

    private static List<String> ok(String... command) throws Exception {
        return okReading("", command);
    }

    private static List<String> okReading(String input, String... command) throws Exception {
        try (Launcher launcher = Launcher.startReading(folder, environment(), input, command)) {
            assertThat(launcher.exit(DONE)).as(launcher.err()).isZero();
            return launcher.out();
        }
    }

    /** What it says on standard error. */
    private static String fails(int code, String... command) throws Exception {
        try (Launcher launcher = Launcher.start(folder, environment(), command)) {
            assertThat(launcher.exit(DONE)).as(launcher.err()).isEqualTo(code);
            return launcher.err();
        }
    }

    private static Map<String, String> environment() {
        return Map.of("VECTRON_ADDRESS", addresses.path("gateway").asText());
    }
}
