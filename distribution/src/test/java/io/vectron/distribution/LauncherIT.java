package io.vectron.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher does before there is a JVM. */
class LauncherIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern POM_FLAGS =
            Pattern.compile("<vectron\\.jvm\\.flags>([^<]+)</vectron\\.jvm\\.flags>");

    @TempDir Path folder;

    @Test
    void helpListsTheCommands() throws Exception {
        for (String word : new String[] {"--help", "-h", "help"}) {
            try (Launcher launcher = Launcher.start(folder, Map.of(), word)) {
                assertThat(launcher.exit(SOON)).isZero();
                assertThat(String.join("\n", launcher.out()))
                        .contains("demo", "up", "chaos", "test", "bench", "VECTRON_SKIP_BUILD");
            }
        }
    }

    @Test
    void anUnknownCommandIsRefused() throws Exception {
        try (Launcher launcher = Launcher.start(folder, Map.of(), "frobnicate")) {
            assertThat(launcher.exit(SOON)).isEqualTo(2);
            assertThat(launcher.err()).contains("unknown command: frobnicate");
            assertThat(launcher.out()).isEmpty();
        }
    }

    @Test
    void tooOldAJdkIsPassedOverAndTheFirstThatIsNewEnoughIsTaken() throws Exception {
        Path old = fakeJdk("old", "17.0.2");
        Path fresh = fakeJdk("fresh", "26-ea");
        Map<String, String> environment =
                Map.of("VECTRON_JAVA_HOME", old.toString(), "JAVA_HOME", fresh.toString());
        try (Launcher launcher = Launcher.start(folder, environment, "up")) {
            assertThat(launcher.exit(SOON)).isZero();
            assertThat(launcher.out().getFirst()).isEqualTo("fresh");
        }
    }

    @Test
    void theJvmGetsTheFlagsOfTheTestsAndJarsInAFixedOrder() throws Exception {
        Path jdk = fakeJdk("fake", "25.0.1");
        Map<String, String> environment = Map.of("VECTRON_JAVA_HOME", jdk.toString());
        try (Launcher launcher =
                Launcher.start(folder, environment, "demo", "--query", "two words")) {
            assertThat(launcher.exit(SOON)).isZero();
            List<String> arguments = launcher.out();
            assertThat(new HashSet<>(arguments)).containsAll(flagsOfTheTests());
            int main = arguments.indexOf("io.vectron.standalone.Main");
            assertThat(arguments.subList(main + 1, arguments.size()))
                    .containsExactly("demo", "--query", "two words");
            String[] jars = arguments.get(main - 1).split(":", -1);
            assertThat(jars).hasSizeGreaterThan(50).isSorted();
            assertThat(Arrays.stream(jars)).allMatch(jar -> jar.endsWith(".jar"));
        }
    }

    @Test
    void aTakenPortIsNamedWithItsPart() throws Exception {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
            int kafka = taken.getLocalPort();
            try (Launcher launcher =
                    Launcher.start(folder, Map.of(), "up", "--port-base", "" + (kafka - 3))) {
                assertThat(launcher.exit(SOON)).isEqualTo(1);
                assertThat(launcher.err()).contains(kafka + " (kafka bootstrap)");
            }
        }
    }

    @Test
    void aFolderOfSomebodyElseIsLeftAlone() throws Exception {
        Files.writeString(folder.resolve("thesis.txt"), "mine");
        try (Launcher launcher =
                Launcher.start(
                        folder, Map.of(), "up", "--data", folder.toString(), "--port-base", "0")) {
            assertThat(launcher.exit(SOON)).isEqualTo(1);
            assertThat(launcher.err()).contains("not Vectron's");
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).hasSize(1);
            }
        }
    }

    @Test
    void aWrongOptionIsExplained() throws Exception {
        try (Launcher launcher = Launcher.start(folder, Map.of(), "up", "--port-base", "70000")) {
            assertThat(launcher.exit(SOON)).isEqualTo(2);
            assertThat(launcher.err()).contains("port base must be");
        }
    }

    /** A JDK whose java says which one it is, then each of its arguments. */
    private Path fakeJdk(String name, String version) throws IOException {
        Path jdk = folder.resolve(name);
        Path bin = Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        for (String tool : new String[] {"java", "javac"}) {
            Path script = bin.resolve(tool);
            Files.writeString(script, "#!/bin/sh\nprintf '%s\\n' " + name + " \"$@\"\n");
            assertThat(script.toFile().setExecutable(true)).isTrue();
        }
        return jdk;
    }

    private static List<String> flagsOfTheTests() throws IOException {
        Matcher flags = POM_FLAGS.matcher(Files.readString(Launcher.HOME.resolve("pom.xml")));
        assertThat(flags.find()).isTrue();
        return List.of(flags.group(1).trim().split("\\s+"));
    }
}
