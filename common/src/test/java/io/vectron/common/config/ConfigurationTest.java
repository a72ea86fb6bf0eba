package io.vectron.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vectron.common.rpc.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
    private static final String ID = "VECTRON_EXAMPLE_ID";
    private static final String PORT = "VECTRON_EXAMPLE_PORT";

    @TempDir private Path folder;

    private static Loaded<ExampleConfig> load(Sources sources) {
        return ExampleConfig.SETTINGS.load(sources);
    }

    /** The environment, with what is required beside it. */
    private static Sources environment(String... keysAndValues) {
        Map<String, String> all = new HashMap<>(Map.of(ID, "e1"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            all.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new Sources(null, all, Map.of());
    }

    private Sources file(String text, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(folder.resolve("example.env"), text);
        return new Sources(file, environment, Map.of());
    }

    private static Loaded.Accepted<ExampleConfig> accepted(Sources sources) {
        Loaded<ExampleConfig> loaded = load(sources);
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        return (Loaded.Accepted<ExampleConfig>) loaded;
    }

    private static List<Problem> problems(Sources sources) {
        Loaded<ExampleConfig> loaded = load(sources);
        assertThat(loaded).isInstanceOf(Loaded.Refused.class);
        return ((Loaded.Refused<ExampleConfig>) loaded).problems();
    }

    private static SettingValue value(Loaded.Accepted<ExampleConfig> loaded, String key) {
        return loaded.settings().stream()
                .filter(setting -> setting.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + key));
    }

    @Test
    void whatIsNotGivenIsAsTheDefaultsAre() {
        Loaded.Accepted<ExampleConfig> loaded = accepted(environment());
        ExampleConfig defaults = ExampleConfig.SETTINGS.defaults();
        assertThat(loaded.config().id()).isEqualTo("e1");
        assertThat(loaded.config().waiting()).isEqualTo(defaults.waiting());
        assertThat(loaded.config().places()).isEqualTo(defaults.places());
        assertThat(value(loaded, PORT))
                .isEqualTo(new SettingValue(PORT, "7", "7", new Origin.Default()));
        assertThat(value(loaded, "VECTRON_EXAMPLE_WAITING_BUFFER").value()).isEqualTo("64MiB");
        assertThat(value(loaded, "VECTRON_EXAMPLE_WAITING_LINGER").value()).isEqualTo("5ms");
        assertThat(value(loaded, "VECTRON_EXAMPLE_WAITING_PATIENCE").value()).isEqualTo("250ms");
        assertThat(value(loaded, "VECTRON_EXAMPLE_OTHER").value()).isEmpty();
    }

    @Test
    void everyKindOfValueIsRead() {
        ExampleConfig config =
                accepted(
                                environment(
                                        PORT,
                                        "99",
                                        "VECTRON_EXAMPLE_FAST",
                                        "true",
                                        "VECTRON_EXAMPLE_SHARE",
                                        "0.25",
                                        "VECTRON_EXAMPLE_FOLDER",
                                        "/somewhere/else",
                                        "VECTRON_EXAMPLE_OTHER",
                                        "[::1]:70",
                                        "VECTRON_EXAMPLE_PLACES",
                                        "a:1, b:2",
                                        "VECTRON_EXAMPLE_KAFKA_CLIENT_SASL_JAAS_CONFIG",
                                        "x y;",
                                        "VECTRON_EXAMPLE_KAFKA_CLIENT_A__B___C_D",
                                        "1",
                                        "VECTRON_EXAMPLE_WAITING_PATIENCE",
                                        "2m",
                                        "VECTRON_EXAMPLE_WAITING_BUFFER",
                                        "1 GiB",
                                        "VECTRON_EXAMPLE_WAITING_LINGER",
                                        "3s"))
                        .config();
        assertThat(config.port()).isEqualTo(99);
        assertThat(config.fast()).isTrue();
        assertThat(config.share()).isEqualTo(0.25);
        assertThat(config.folder()).isEqualTo(Path.of("/somewhere/else"));
        assertThat(config.other()).isEqualTo(new Address("::1", 70));
        assertThat(config.places()).containsExactly(new Address("a", 1), new Address("b", 2));
        assertThat(config.kafka().properties())
                .isEqualTo(Map.of("sasl.jaas.config", "x y;", "a_b-c.d", "1"));
        assertThat(config.waiting().patience()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.waiting().bufferBytes()).isEqualTo(1 << 30);
        assertThat(config.waiting().lingerMs()).isEqualTo(3_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PORT | 0 | port is not within 1 to 100: 0 |",
                "PORT | x | not a whole number | a whole number",
                "PORT | 99999999999999999999 | too large a number | a whole number",
                "PORT | 2147483648 | not within -2147483648 to 2147483647 | a whole number",
                "PORT | '' | not a whole number | a whole number",
                "FAST | yes | neither true nor false | true or false",
                "SHARE | NaN | not a finite number | a number",
                "SHARE | half | not a number | a number",
                "FOLDER | '' | no path | a path",
                "OTHER | a | port is missing | an address",
                "OTHER | a:0 | port is not within 1 to 65535 | an address",
                "PLACES | a:1,,b:2 | an item is empty | separated by commas",
                "WAITING_PATIENCE | 5 | a duration needs a unit | 250ms",
                "WAITING_PATIENCE | 5 weeks | no unit of time: weeks | 250ms",
                "WAITING_PATIENCE | 999999999999999999d | longer than 292 years | 250ms",
                "WAITING_PATIENCE | -5s | not a duration | 250ms",
                "WAITING_BUFFER | 64MB | no unit of bytes: MB | 64MiB",
                "WAITING_BUFFER | 4GiB | not within -2147483648 to 2147483647 | 64MiB",
                "WAITING_BUFFER | 999999999TiB | more than 8 EiB | 64MiB",
                "WAITING_LINGER | 5us | finer than a millisecond | 250ms",
                "WAITING_LEAST | 10 | least 10 is above most 9 |",
                "KAFKA_CLIENT_ACKS | 1 | acks cannot be set |",
                "PORTT | 1 | is VECTRON_EXAMPLE_PORT meant? |",
                "FROBNICATION | 1 | no such setting of example |",
                "KAFKA_CLIENT_ | 1 | no such setting of example |",
            })
    void aWrongValueIsNamedWithItsKeySourceAndWhatIsAllowed(
            String name, String given, String reason, String allowed) {
        String key = "VECTRON_EXAMPLE_" + name;
        List<Problem> problems = problems(environment(key, given));
        assertThat(problems).hasSize(1);
        Problem problem = problems.getFirst();
        assertThat(problem.key()).isEqualTo(key);
        assertThat(problem.value()).isEqualTo(given);
        assertThat(problem.source()).isEqualTo("environment");
        assertThat(problem.reason()).contains(reason);
        assertThat(problem.allowed()).contains(allowed == null ? "" : allowed);
        assertThat(problem.allowed().isEmpty()).isEqualTo(allowed == null);
    }

    @Test
    void allProblemsAreReportedTogether() throws IOException {
        String text = "VECTRON_EXAMPLE_PORT=0\nVECTRON_EXAMPLE_FSAT=1\nnonsense\n";
        Map<String, String> environment =
                Map.of(
                        "VECTRON_EXAMPLE_SHARE", "half",
                        "VECTRON_EXAMPLE_WAITING_LEAST", "10",
                        "VECTRON_EXAMPLE_KAFKA_CLIENT_ACKS", "1");
        Sources sources = file(text, environment);
        assertThat(problems(sources))
                .extracting(Problem::key)
                .containsExactlyInAnyOrder(
                        "line 3",
                        "VECTRON_EXAMPLE_FSAT",
                        ID,
                        PORT,
                        "VECTRON_EXAMPLE_SHARE",
                        "VECTRON_EXAMPLE_WAITING_LEAST",
                        "VECTRON_EXAMPLE_KAFKA_CLIENT_ACKS");
        assertThat(problems(sources))
                .extracting(Problem::source)
                .contains(sources.file() + ":1", sources.file() + ":2", sources.file() + ":3");
        assertThat(((Loaded.Refused<ExampleConfig>) load(sources)).report())
                .contains("7 problems", "is VECTRON_EXAMPLE_FAST meant?", "nowhere: " + ID);
    }

    @Test
    void valuesThatContradictEachOtherAreNamedTogether() {
        List<Problem> problems =
                problems(
                        environment(
                                "VECTRON_EXAMPLE_WAITING_LEAST", "4",
                                "VECTRON_EXAMPLE_WAITING_MOST", "3"));
        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst().key())
                .isEqualTo("VECTRON_EXAMPLE_WAITING_LEAST, VECTRON_EXAMPLE_WAITING_MOST");
        assertThat(problems.getFirst().value()).isEqualTo("4, 3");
        assertThat(problems.getFirst().reason()).isEqualTo("least 4 is above most 3");
    }

    @ParameterizedTest
    @CsvSource({", 2, environment", "0, 2, environment", "1, 1, file", "true, 1, file"})
    void theEnvironmentWinsUnlessItSaysOtherwise(String override, int port, String from)
            throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of(PORT, "2", ID, "e1"));
        if (override != null) {
            environment.put(Sources.OVERRIDE, override);
        }
        Sources sources = file("VECTRON_EXAMPLE_PORT=1", environment);
        Loaded.Accepted<ExampleConfig> loaded = accepted(sources);
        assertThat(loaded.config().port()).isEqualTo(port);
        assertThat(value(loaded, PORT).origin().toString())
                .isEqualTo(from.equals("file") ? sources.file() + ":1" : "environment");
    }

    @Test
    void argumentsWinOverAll() throws IOException {
        Sources sources = file("VECTRON_EXAMPLE_PORT=1", Map.of(PORT, "2", ID, "e1"));
        Loaded.Accepted<ExampleConfig> loaded =
                accepted(new Sources(sources.file(), sources.environment(), Map.of(PORT, "3")));
        assertThat(loaded.config().port()).isEqualTo(3);
        assertThat(value(loaded, PORT).origin()).isEqualTo(new Origin.Argument("--port"));
    }

    @Test
    void theOverrideFlagIsCheckedAndBelongsIntoTheEnvironment() throws IOException {
        assertThat(problems(environment(Sources.OVERRIDE, "maybe")))
                .extracting(Problem::key)
                .containsExactly(Sources.OVERRIDE);
        assertThat(problems(file(Sources.OVERRIDE + "=1", Map.of(ID, "e1"))))
                .extracting(Problem::reason)
                .containsExactly("this is read from the environment of the process only");
    }

    @Test
    void keysOfOthersAreTheirOwnInTheEnvironmentButNotInTheFile() throws IOException {
        assertThat(accepted(environment("VECTRON_OTHER_PORT", "x", "PATH", "/bin")).config().port())
                .isEqualTo(7);
        assertThat(problems(file("PATH=/bin", Map.of(ID, "e1"))))
                .extracting(Problem::key)
                .containsExactly("PATH");
    }

    @Test
    void secretsAreMaskedWhereverTheyAreShown() {
        String key = "VECTRON_EXAMPLE_KAFKA_CLIENT_SSL_KEY_PASSWORD";
        Loaded.Accepted<ExampleConfig> loaded =
                accepted(environment(key, "hush", "VECTRON_EXAMPLE_PHRASE", "friend"));
        assertThat(loaded.config().kafka().properties()).containsEntry("ssl.key.password", "hush");
        assertThat(loaded.config().phrase()).isEqualTo("friend");
        assertThat(loaded.settings().toString()).doesNotContain("hush", "friend", "sesame");
        assertThat(value(loaded, key).value()).isEqualTo(Secrets.MASK);
        assertThat(
                        problems(
                                        environment(
                                                "VECTRON_EXAMPLE_PHRASE", "12345",
                                                "VECTRON_EXAMPLE_KAFKA_PASSWORD", "hush"))
                                .toString())
                .contains("too weak a phrase: " + Secrets.MASK, "VECTRON_EXAMPLE_KAFKA_PASSWORD")
                .doesNotContain("hush", "12345");
        assertThat(ExampleConfig.SETTINGS.documentation().toString()).doesNotContain("sesame");
    }

    @Test
    void theFirstFileThatExistsIsRead() throws IOException {
        assertThat(Sources.find("example", folder)).isNull();
        Files.createDirectory(folder.resolve("env"));
        List<String> lastFirst = List.of("env/example.env", "example.env", ".env.example");
        for (String name : lastFirst) {
            Path file = Files.writeString(folder.resolve(name), "");
            assertThat(Sources.find("example", folder)).isEqualTo(file);
        }
    }

    @Test
    void aNamedFileMustExist() {
        Path file = folder.resolve("absent.env");
        assertThat(problems(new Sources(file, Map.of(ID, "e1"), Map.of())))
                .extracting(Problem::key, Problem::reason)
                .containsExactly(tuple(file.toString(), "no such file"));
    }

    @Test
    void valuesAndKeysOfTheEnvironmentAreLimited() {
        assertThat(
                        problems(
                                environment(
                                        "VECTRON_EXAMPLE_PHRASE",
                                        "x".repeat(EnvFile.LINE_LENGTH + 1))))
                .extracting(Problem::reason)
                .containsExactly("longer than 32768 characters");
        Map<String, String> many = new HashMap<>(Map.of(ID, "e1"));
        for (int i = 0; i < EnvFile.KEYS; i++) {
            many.put("VECTRON_EXAMPLE_KAFKA_CLIENT_X" + i, "");
        }
        assertThat(problems(new Sources(null, many, Map.of())))
                .extracting(Problem::reason)
                .contains("more than 1000 keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0"})
    void anEmptyValueIsNothingWhereNothingIsAllowed(String override) {
        assertThat(
                        accepted(
                                        environment(
                                                "VECTRON_EXAMPLE_OTHER",
                                                "",
                                                Sources.OVERRIDE,
                                                override))
                                .config()
                                .other())
                .isNull();
    }
}
