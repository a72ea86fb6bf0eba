package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The services as processes of their own: started, killed, brought back, stopped. */
class ClusterIT {
    /** Generous: the machine may be busy. How long it takes is a matter of the benchmark. */
    private static final Map<String, String> JSON_LOGS = Map.of("VECTRON_LOG_FORMAT", "json");

    private static final Duration READY = Duration.ofMinutes(3);

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SERVICES =
            List.of(
                    "broker",
                    "placement",
                    "worker",
                    "jobmanager",
                    "taskmanager",
                    "gateway",
                    "keeper");

    @TempDir Path folder;

    /** The cluster outlives who starts it; its ports are this test's. */
    private final int base;

    ClusterIT() throws IOException {
        base = Launcher.freePortBase();
    }

    @AfterEach
    void nothingIsLeftRunning() throws Exception {
        List<Long> pids = new ArrayList<>(noted().values());
        if (!pids.isEmpty()) {
            run(SOON, "stop");
        }
        pids.stream().flatMap(pid -> ProcessHandle.of(pid).stream()).forEach(ClusterIT::kill);
    }

    @Test
    void servicesAreKilledAndComeBackAndNothingIsLost() throws Exception {
        JsonNode ready = up();
        Map<String, Long> pids = pids(ready);
        assertThat(pids).containsOnlyKeys(SERVICES).isEqualTo(noted());
        for (long pid : pids.values()) {
            // The leader of a session of its own: no Ctrl-C and no end of a terminal reaches it.
            assertThat(session(pid)).isEqualTo(pid);
        }
        String topic;
        try (Api api = new Api(ready)) {
            topic = api.create();
            RecordMetadata north = api.produce(topic, "north", "[0, 1]");
            assertThat(api.search("[0, 1]", north)).containsExactly("north");

            assertASecondUpChangesNothing(pids);
            assertOneProcessForAllIsRefused();

            kill(ready, "worker");
            assertThat(state("worker").path("state").asText()).isEqualTo("dead");
            RecordMetadata east = api.produce(topic, "east", "[1, 0]");
            Path settings = folder.resolve("data/worker/worker.env");
            Files.writeString(settings, "VECTRON_WORKER_THREADS_BUILDERS=3\n");
            run(SOON, "restart", "worker");
            assertThat(threads(noted().getOrDefault("worker", 0L), "index-build-")).isEqualTo(3);
            assertThat(api.search("[1, 0]", east)).containsExactly("east", "north");

            kill(ready, "taskmanager");
            awaitReadyWithAnotherPid("taskmanager", ready);
            RecordMetadata south = api.produce(topic, "south", "[0, -1]");
            assertThat(api.search("[0, -1]", south)).startsWith("south").hasSize(3);

            kill(ready, "jobmanager");
            awaitReadyWithAnotherPid("jobmanager", ready);
            RecordMetadata west = api.produce(topic, "west", "[-1, 0]");
            assertThat(api.search("[-1, 0]", west)).startsWith("west").hasSize(4);
        }
        assertThat(run(SOON, "logs", "keeper", "-n", "100"))
                .contains("taskmanager ended: starting it again")
                .contains("jobmanager ended: starting it again");
        List<Long> last = List.copyOf(noted().values());
        run(SOON, "stop");
        assertThat(last).hasSize(SERVICES.size()).noneMatch(ClusterIT::alive);
        assertThat(noted()).isEmpty();
        assertThat(status().path("services"))
                .allMatch(s -> s.path("state").asText().equals("stopped"));
        assertEveryLineOfEveryLogIsJson();
        assertOneProcessForAllTakesOverAndTheClusterAgain(topic);
    }

    private void assertEveryLineOfEveryLogIsJson() throws IOException {
        for (String service : SERVICES) {
            Path log = folder.resolve("data").resolve(service).resolve("logs/" + service + ".log");
            List<String> lines = Files.readAllLines(log);
            assertThat(lines).as(service).isNotEmpty();
            for (String line : lines) {
                JsonNode entry = JSON.readTree(line);
                assertThat(entry.path("timestamp").isIntegralNumber()).as(line).isTrue();
                assertThat(entry.path("level").asText()).as(line).isNotEmpty();
                assertThat(entry.at("/context/name").asText()).as(line).isEqualTo(service);
                assertThat(entry.path("formattedMessage").isTextual()).as(line).isTrue();
            }
        }
    }

    private void assertOneProcessForAllTakesOverAndTheClusterAgain(String topic) throws Exception {
        RecordMetadata northeast;
        try (Launcher all = launch("up", "--json", "--port-base", "0")) {
            try (Api api = new Api(all.event("ready", READY))) {
                northeast = api.produce(topic, "northeast", "[1, 1]");
                assertThat(api.search("[1, 1]", northeast)).startsWith("northeast").hasSize(5);
            }
            all.terminate();
            all.exit(SOON);
        }
        try (Api api = new Api(up())) {
            RecordMetadata last = api.produce(topic, "southwest", "[-1, -1]");
            assertThat(api.search("[1, 1]", northeast)).startsWith("northeast");
            assertThat(api.search("[-1, -1]", last)).startsWith("southwest").hasSize(6);
        }
    }

    @Test
    void aTakenPortIsNamedAndNothingIsStarted() throws Exception {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
            int kafka = taken.getLocalPort();
            try (Launcher up = launch("up", "--cluster", "--port-base", "" + (kafka - 3))) {
                assertThat(up.exit(SOON)).isEqualTo(1);
                assertThat(up.err()).contains(kafka + " (kafka bootstrap)");
            }
        }
        assertThat(noted()).isEmpty();
    }

    @Test
    void withoutAClusterEveryCommandSaysSo() throws Exception {
        for (String command : new String[] {"status", "stop", "logs"}) {
            try (Launcher launcher = launch(command)) {
                assertThat(launcher.exit(SOON)).isEqualTo(1);
                assertThat(launcher.err()).contains("no cluster was started in", "up --cluster");
            }
        }
    }

    private JsonNode up() throws Exception {
        return up(base);
    }

    private JsonNode up(int portBase) throws Exception {
        try (Launcher up = launch("up", "--cluster", "--json", "--port-base", "" + portBase)) {
            JsonNode ready = up.event("ready", READY);
            // Its end is not that of the processes.
            assertThat(up.exit(SOON)).isZero();
            return ready;
        }
    }

    private void assertASecondUpChangesNothing(Map<String, Long> pids) throws Exception {
        JsonNode again = up(0); // Any ports: also those that it has.
        assertThat(again.path("already_running").asBoolean()).isTrue();
        assertThat(pids(again)).isEqualTo(pids);
    }

    private void assertOneProcessForAllIsRefused() throws Exception {
        try (Launcher up = launch("up", "--port-base", "0")) {
            assertThat(up.exit(SOON)).isEqualTo(1);
            assertThat(up.err()).contains("is in use by a cluster", "./vectron stop");
        }
    }

    private void awaitReadyWithAnotherPid(String service, JsonNode ready) throws Exception {
        long before = pid(ready, service);
        long deadline = System.nanoTime() + SOON.toNanos();
        while (true) {
            JsonNode state = state(service);
            if (state.path("ready").asBoolean() && state.path("pid").asLong() != before) {
                return;
            }
            assertThat(System.nanoTime()).as("%s: %s", service, state).isLessThan(deadline);
        }
    }

    private JsonNode state(String service) throws Exception {
        for (JsonNode state : status().path("services")) {
            if (state.path("service").asText().equals(service)) {
                return state;
            }
        }
        throw new AssertionError("no " + service);
    }

    private JsonNode status() throws Exception {
        try (Launcher status = launch("status", "--json")) {
            assertThat(status.exit(SOON)).isIn(0, 3);
            return JSON.readTree(status.out().getFirst());
        }
    }

    /** Runs a command to its end; returns all that it said. */
    private String run(Duration limit, String... arguments) throws Exception {
        try (Launcher launcher = launch(arguments)) {
            int code = launcher.exit(limit);
            String said = String.join("\n", launcher.out()) + launcher.err();
            assertThat(code).as(said).isZero();
            return said;
        }
    }

    private Launcher launch(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", folder.resolve("data").toString()));
        return Launcher.start(folder, JSON_LOGS, all.toArray(String[]::new));
    }

    private static Map<String, Long> pids(JsonNode report) {
        Map<String, Long> pids = new TreeMap<>();
        for (JsonNode state : report.path("services")) {
            pids.put(state.path("service").asText(), state.path("pid").asLong());
        }
        return pids;
    }

    /** As the pid files say. */
    private Map<String, Long> noted() throws IOException {
        Map<String, Long> pids = new TreeMap<>();
        for (String service : SERVICES) {
            Path file = folder.resolve("data").resolve(service).resolve(service + ".pid");
            if (Files.exists(file)) {
                pids.put(service, Long.parseLong(Files.readString(file).strip()));
            }
        }
        return pids;
    }

    /** Threads of a process whose names begin so. */
    private static long threads(long pid, String prefix) throws IOException {
        long count = 0;
        try (DirectoryStream<Path> tasks =
                Files.newDirectoryStream(Path.of("/proc", "" + pid, "task"))) {
            for (Path task : tasks) {
                count += Files.readString(task.resolve("comm")).startsWith(prefix) ? 1 : 0;
            }
        }
        return count;
    }

    private static long session(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", "" + pid, "stat"));
        // state, parent, group, session
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[3]);
    }

    /** One that has ended and that nobody has waited for yet, a zombie, is not alive. */
    private static boolean alive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", "" + pid, "stat"));
            return !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
        } catch (IOException e) {
            return false; // there is no such process
        }
    }

    private static long pid(JsonNode report, String service) {
        return pids(report).getOrDefault(service, 0L);
    }

    private static void kill(JsonNode report, String service) {
        kill(ProcessHandle.of(pid(report, service)).orElseThrow());
    }

    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
