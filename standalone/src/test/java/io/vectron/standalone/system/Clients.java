package io.vectron.standalone.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;

/**
 * The clients of {@code examples/}, and what they need, installed into the build folder. What this
 * machine cannot run (no Python, no Node, no network) is skipped, and it says so.
 */
final class Clients {
    static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

    private static final Path BUILD = Path.of("target", "producers").toAbsolutePath();

    /** Said by pip and npm when the registry cannot be reached; any other trouble is a failure. */
    private static final List<String> NO_NETWORK =
            List.of(
                    "NewConnectionError",
                    "ConnectTimeoutError",
                    "NameResolutionError",
                    "ENOTFOUND",
                    "EAI_AGAIN",
                    "ECONNREFUSED",
                    "ENETUNREACH",
                    "ETIMEDOUT");

    private Clients() {}

    /** A Java source file of the examples, run as it is. */
    static List<String> java(String file, String... arguments) throws URISyntaxException {
        String libraries =
                Stream.of(KafkaProducer.class, Logger.class)
                        .map(Clients::jar)
                        .collect(Collectors.joining(System.getProperty("path.separator")));
        String source = EXAMPLES.resolve("java").resolve(file).toString();
        return command(List.of(javaProgram(), "-cp", libraries, source), arguments);
    }

    /** A Python script, run by an interpreter that has the packages of the examples. */
    static List<String> python(Path script, String... arguments) throws Exception {
        return command(List.of(pythonProgram().toString(), script.toString()), arguments);
    }

    /** The Node script of the examples. */
    static List<String> node(String... arguments) throws Exception {
        Path folder = BUILD.resolve("node");
        Files.createDirectories(folder);
        for (String file : List.of("package.json", "package-lock.json", "produce.mjs")) {
            copy(EXAMPLES.resolve("node").resolve(file), folder.resolve(file));
        }
        require("node", "--version");
        require("npm", "--version");
        String wanted = Files.readString(folder.resolve("package-lock.json"));
        install(folder, wanted, List.of(List.of("npm", "ci", "--no-audit", "--no-fund")));
        return command(List.of("node", folder.resolve("produce.mjs").toString()), arguments);
    }

    /**
     * Environment in which the example for the console producer finds Kafka: its script starts the
     * same class from a folder of jars, as Kafka's own does. The jars are of their own version and
     * on a class path of their own.
     */
    static Map<String, String> kafkaHome() throws IOException {
        Path jars = BUILD.resolve("console");
        Path script = BUILD.resolve("kafka/bin/kafka-console-producer.sh");
        Files.createDirectories(script.getParent());
        String text =
                String.join(
                        "\n",
                        "#!/bin/sh",
                        "exec '" + javaProgram() + "' -cp '" + jars + "/*' \\",
                        "  org.apache.kafka.tools.ConsoleProducer \"$@\"",
                        "");
        Files.writeString(script, text);
        if (!script.toFile().setExecutable(true)) {
            throw new IOException("cannot be made executable: " + script);
        }
        return Map.of("KAFKA_HOME", BUILD.resolve("kafka").toString());
    }

    /** Runs a client with this input, in the build folder. */
    static Program run(List<String> command, String in) throws Exception {
        return run(Map.of(), command, in);
    }

    /** The same with more environment. */
    static Program run(Map<String, String> environment, List<String> command, String in)
            throws Exception {
        return Program.run(BUILD, environment, in, command);
    }

    /** A file of the build folder with this text. */
    static Path file(String name, String text) throws IOException {
        return Files.writeString(Files.createDirectories(BUILD).resolve(name), text);
    }

    private static Path pythonProgram() throws Exception {
        Path folder = BUILD.resolve("python");
        Path python = folder.resolve("venv/bin/python");
        Path requirements = EXAMPLES.resolve("python/requirements.txt");
        Path constraints = EXAMPLES.resolve("python/constraints.txt");
        require("python3", "-c", "import ensurepip, venv");
        List<String> pip =
                List.of(
                        python.toString(),
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "-r",
                        requirements.toString(),
                        "-c",
                        constraints.toString());
        install(
                folder,
                Files.readString(requirements) + Files.readString(constraints),
                List.of(List.of("python3", "-m", "venv", "--clear", "venv"), pip));
        return python;
    }

    /** Installs what is wanted into a folder, unless a former run did. */
    private static void install(Path folder, String wanted, List<List<String>> commands)
            throws Exception {
        Path installed = Files.createDirectories(folder).resolve("installed");
        if (Files.exists(installed) && Files.readString(installed).equals(wanted)) {
            return;
        }
        for (List<String> command : commands) {
            Program ended = Program.run(folder, Map.of(), "", command);
            if (ended.exit() != 0) {
                if (NO_NETWORK.stream().anyMatch(sign -> ended.err().contains(sign))) {
                    skip("the registry of " + command.getFirst() + " cannot be reached");
                }
                throw new AssertionError(command + " failed:\n" + ended.out() + ended.err());
            }
        }
        Files.writeString(installed, wanted, UTF_8);
    }

    private static void require(String program, String... arguments) throws Exception {
        boolean runs;
        try {
            List<String> command = command(List.of(program), arguments);
            runs = Program.run(BUILD, Map.of(), "", command).exit() == 0;
        } catch (IOException e) {
            runs = false;
        }
        if (!runs) {
            skip(program + " is not installed; see CONTRIBUTING.md");
        }
    }

    private static void skip(String reason) {
        System.out.println("SKIPPED: " + reason);
        Assumptions.abort(reason);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<String> command(List<String> first, String... arguments) {
        return Stream.concat(first.stream(), Stream.of(arguments)).toList();
    }

    private static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String jar(Class<?> type) {
        CodeSource source = Objects.requireNonNull(type.getProtectionDomain().getCodeSource());
        return Path.of(source.getLocation().getPath()).toString();
    }
}
