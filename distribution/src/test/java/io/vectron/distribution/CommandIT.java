package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vectron.cli.text.Embedder;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a person uses it, against one running Vectron. */
class CommandIT {
    private static final Duration READY = Duration.ofMinutes(3);
    private static final Duration DONE = Duration.ofSeconds(60);
    private static final int MANY = 12_000;
    private static final String CLEAR_LINE = "\u001b[2K";
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

        JsonNode rows = imported("rows", "a.f16bin", "--id-prefix", "half-");
        assertThat(rows.path("written").asInt()).isEqualTo(2);
        JsonNode table = imported("rows", "b.npy", "--id-prefix", "npy-");
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
    void deadLettersAreShownRetriedAndDropped() throws Exception {
        String topic = create("refused", "--dimension", "2", "--metric", "dot", "--shards", "2");
        String astray = "film";
        int wrong = 1 - PlainProducer.home(astray, 2);
        try (PlainProducer plain = plain()) {
            plain.send(topic, wrong, astray, "{\"vector\":[1,2]}");
            plain.send(topic, PlainProducer.home("short", 2), "short", "{\"vector\":[1]}");
        }
        List<String> table = until(2, "dlq", "list", "-c", "refused", "--json");
        Map<String, String> ids = new HashMap<>();
        for (String line : table) {
            JsonNode letter = JSON.readTree(line);
            ids.put(letter.path("rule").asText(), letter.path("id").asText());
        }
        String misplaced = ids.getOrDefault("wrong_partition", "");
        String mismatch = ids.getOrDefault("dimension_mismatch", "");
        assertThat(ids).containsOnlyKeys("wrong_partition", "dimension_mismatch");
        assertThat(
                        String.join(
                                "\n",
                                ok("dlq", "list", "-c", "refused", "--rule", "wrong_partition")))
                .contains("rule", misplaced, "open", astray, wrong + "/0")
                .doesNotContain("dimension_mismatch");
        assertThat(String.join("\n", ok("dlq", "show", "-c", "refused", mismatch)))
                .contains("dimension_mismatch", "short", topic + ":", "{\"vector\":[1]}");

        List<String> rehearsed = ok("dlq", "retry", "-c", "refused", misplaced, "--dry-run");
        assertThat(String.join("\n", rehearsed))
                .contains("would be written to partition " + (1 - wrong), "1 would be written");
        assertThat(ok("dlq", "list", "-c", "refused", "--json")).hasSize(2);

        List<String> retried = ok("dlq", "retry", "-c", "refused", misplaced, "--json");
        String written = JSON.readTree(retried.getFirst()).path("token").asText();
        assertThat(written).matches("[\\w-]+/" + (1 - wrong) + "/\\d+");
        assertThat(ok("point", "get", "-c", "refused", astray, "--at-least", written).getFirst())
                .contains("\"vector\":[1.0,2.0]");
        fails(1, "dlq", "retry", "-c", "refused", misplaced);

        assertThat(fails(1, "dlq", "drop", "-c", "refused", "--all")).contains("--yes");
        assertThat(ok("dlq", "drop", "-c", "refused", "--all", "--yes"))
                .containsExactly("1 letter dropped");
        assertThat(ok("dlq", "list", "-c", "refused")).containsExactly("no open dead letters");
        List<String> settled = ok("dlq", "list", "-c", "refused", "--settled");
        assertThat(String.join("\n", settled)).contains("retried", "dropped");
        assertThat(fails(2, "dlq", "retry", "-c", "refused")).contains("say which letters");
    }

    @Test
    void aRefusedWriteIsTracedAndAPointByItsId() throws Exception {
        String topic = create("traced", "--dimension", "2", "--metric", "dot");
        try (PlainProducer plain = plain()) {
            plain.send(topic, 0, "film", "{\"vector\":[1,2]}");
            plain.send(topic, 0, "film", "{\"vector\":[1,2,3]}");
            plain.send(topic, 0, "film", null);
        }
        ok("search", "-c", "traced", "--vector", "1,1", "--at-least", topic + "/0/2");

        List<String> stages = ok("trace", topic + "/0/1");
        assertThat(String.join("\n", stages)).contains("write " + topic, "/0/1", "point film");
        assertThat(stages.stream().filter(line -> line.matches("[a-z]+ +\\d{4}-.*")))
                .extracting(line -> line.split(" +", 2)[0])
                .containsExactly("logged", "rejected", "committed", "applied", "searchable");
        assertThat(stages).anyMatch(line -> line.matches("rejected .* dimension_mismatch"));

        List<String> point = ok("trace", "-c", "traced", "--id", "film");
        assertThat(point.getFirst()).isEqualTo("point film, shard 0: there is no such point");
        assertThat(
                        JSON.readTree(
                                        ok("trace", "-c", "traced", "--id", "film", "--json")
                                                .getFirst())
                                .path("records"))
                .hasSize(3)
                .extracting(record -> record.path("kind").asText())
                .contains("tombstone");
        assertThat(ok("trace", "-c", "traced", "--id", "film", "--limit", "1"))
                .contains("there are more; --limit shows them");
    }

    @Test
    void findsByMeaning() throws Exception {
        create("texts", "--dimension", "384", "--metric", "cosine");
        List<String> texts =
                List.of(
                        "bread is baked from flour, water and yeast",
                        "the sun rises in the east",
                        "a compiler turns source code into machine code");
        StringBuilder lines = new StringBuilder();
        try (Embedder embedder = Embedder.load(folder.resolve("native"))) {
            for (String text : texts) {
                ObjectNode point = JSON.createObjectNode().put("id", text.split(" ", 2)[0]);
                ArrayNode vector = point.putArray("vector");
                for (float component : embedder.embed(text)) {
                    vector.add(component);
                }
                point.putObject("payload").put("text", text);
                lines.append(point).append('\n');
            }
        }
        List<String> written =
                okReading(lines.toString(), "point", "upsert", "-c", "texts", "--json");
        String token = JSON.readTree(written.getLast()).path("token").asText();

        List<String> found =
                ok(
                        "search",
                        "-c",
                        "texts",
                        "--text",
                        "program translation",
                        "--payload",
                        "--at-least",
                        token);
        assertThat(found.get(1)).startsWith("1").contains("a compiler turns");
        assertThat(ok("search", "-c", "texts", "--text", "making food in an oven").get(1))
                .contains(" bread ");
        List<String> near = ok("search", "-c", "texts", "--id", "the", "--top-k", "1");
        assertThat(near.get(1)).contains(" the ", "1.0000", "0.0000");
        assertThat(fails(1, "search", "-c", "texts", "--id", "nobody")).contains("no point nobody");
    }

    @Test
    void anInterruptedImportTellsHowFarItCameAndIsTakenUpAgain() throws Exception {
        create("many", "--dimension", "2", "--metric", "dot");
        lines("many.jsonl", MANY);
        // A request a point: so slow that it cannot be done before the signal.
        String[] slowly = {
            "import", "-c", "many", "many.jsonl", "--batch", "1", "--in-flight", "1"
        };
        int written;
        long from;
        try (Launcher launcher = Launcher.start(folder, environment(), slowly)) {
            launcher.awaitErr(" points", DONE); // the first line about its progress
            launcher.interrupt();
            assertThat(launcher.exit(Duration.ofSeconds(15))).isEqualTo(130);
            assertThat(launcher.err()).contains("stopping: waiting for requests");
            assertThat(launcher.out().getFirst()).matches("[\\d,]+ points written");
            written = Integer.parseInt(launcher.out().getFirst().replaceAll("\\D", ""));
            assertThat(launcher.err() + launcher.out()).doesNotContain("\u001b", "Exception");
            from = Long.parseLong(launcher.err().replaceAll("(?s).*--from (\\d+) goes on.*", "$1"));
        }
        assertThat(written).isBetween(1, MANY - 1);
        assertThat(from).as("one at a time: all acknowledged are before it").isEqualTo(written);

        JsonNode rest = imported("many", "many.jsonl", "--from", "" + from);
        assertThat(rest.path("written").asInt()).isEqualTo(MANY - written);
        String last = rest.path("tokens").path(0).asText();
        String[] ends = {"point", "get", "-c", "many", "p0", "p" + (MANY - 1)};
        assertThat(ok(with(ends, "--at-least", last, "--timeout", "55s"))).hasSize(2);
        assertThat(
                        JSON.readTree(ok("collection", "describe", "many", "--json").getFirst())
                                .path("points")
                                .asInt())
                .isEqualTo(MANY);
    }

    @Test
    void barAndColoursAreForTerminals() throws Exception {
        create("shown", "--dimension", "2", "--metric", "dot");
        lines("shown.jsonl", 2_000);
        String[] load = {
            "import", "-c", "shown", "shown.jsonl", "--batch", "2", "--in-flight", "1"
        };
        String[] search = {"search", "-c", "shown", "--vector", "1,1"};

        assertThat(onTerminal(environment(), load))
                .as("a bar that is drawn again in place")
                .contains(CLEAR_LINE + "shown.jsonl (bytes) [#")
                .contains(CLEAR_LINE + "2,000 points written in ");
        assertThat(onTerminal(environment(), search)).contains("p1", "\u001b[2mfresh");
        Map<String, String> plain = new HashMap<>(environment());
        plain.put("NO_COLOR", "1");
        assertThat(onTerminal(plain, search)).contains("p1").doesNotContain("\u001b");

        try (Launcher launcher = Launcher.start(folder, environment(), load)) {
            assertThat(launcher.exit(DONE)).as(launcher.err()).isZero();
            assertThat(launcher.out().getFirst()).startsWith("2,000 points written");
            assertThat(launcher.out() + launcher.err()).doesNotContain("\u001b");
        }
        assertThat(String.join("\n", ok(search))).contains("p1").doesNotContain("\u001b");
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

    private static PlainProducer plain() {
        return new PlainProducer(addresses.path("kafka").asText());
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
    }

    /** Its topic. */
    private static String create(String name, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("collection", "create", name));
        command.addAll(List.of(options));
        ok(command.toArray(String[]::new));
        JsonNode told = JSON.readTree(ok("collection", "describe", name, "--json").getFirst());
        return told.at("/facts/topic").asText();
    }

    private static void lines(String file, int points) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < points; i++) {
            lines.append("{\"id\":\"p").append(i).append("\",\"vector\":[1,").append(i);
            lines.append("]}\n");
        }
        Files.writeString(folder.resolve(file), lines);
    }

    /** The screen of a terminal that the command ran on. */
    private static String onTerminal(Map<String, String> environment, String... command)
            throws Exception {
        try (Launcher launcher = Launcher.startOnTerminal(folder, environment, command)) {
            int code = launcher.exit(DONE);
            String screen = String.join("\n", launcher.out());
            assertThat(code).as(screen).isZero();
            return screen;
        }
    }

    /** Asks again until there are so many lines. */
    private static List<String> until(int lines, String... command) throws Exception {
        long end = System.nanoTime() + DONE.toNanos();
        while (true) {
            List<String> told = ok(command);
            if (told.size() >= lines) {
                return told;
            }
            assertThat(System.nanoTime()).as("%s", told).isLessThan(end);
        }
    }

    private static JsonNode imported(String collection, String file, String... options)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("import", "-c", collection, file, "--json"));
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
