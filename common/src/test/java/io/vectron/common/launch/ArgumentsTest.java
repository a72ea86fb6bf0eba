package io.vectron.common.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.Setting;
import io.vectron.common.launch.Arguments.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsTest {
    record Config(
            @Setting("Share of 100 %, not ${more}.") int sharePercent,
            @Setting("Properties.") Map<String, String> kafka) {}

    private static final ServiceSettings<Config> SETTINGS =
            ServiceSettings.of("launchtest", new Config(50, Map.of()));

    @TempDir private Path folder;

    private static Outcome<Config> read(String... arguments) {
        return Arguments.read(SETTINGS, ArgumentsTest.class, List.of(arguments));
    }

    @Test
    void everySettingIsAnOption() {
        assertThat(read("--share-percent", "7", "--kafka=a.b=c=d", "--kafka", "e-f=g"))
                .isEqualTo(new Outcome.Run<>(new Config(7, Map.of("a.b", "c=d", "e-f", "g"))));
        assertThat(read()).isEqualTo(new Outcome.Run<>(SETTINGS.defaults()));
    }

    @Test
    void aConfigurationCanBeHandedOnAsArguments() {
        Config config = new Config(7, Map.of("sasl.jaas.config", "a=b c;", "x", ""));
        List<String> arguments = SETTINGS.arguments(config);
        assertThat(read(arguments.toArray(String[]::new))).isEqualTo(new Outcome.Run<>(config));
        assertThat(SETTINGS.arguments(SETTINGS.defaults())).isEmpty();
    }

    @Test
    void helpTellsOfEverySettingWithItsDefault() {
        assertThat(read("--help")).isInstanceOf(Outcome.Inform.class);
        String text = ((Outcome.Inform<Config>) read("-h")).text();
        assertThat(text)
                .contains("--share-percent=N", "Share of 100 %, not ${more}. Default: 50.")
                .contains("--kafka", "--config", "--version", "VECTRON_LAUNCHTEST_")
                .contains("launchtest.env", "Exit codes");
    }

    @Test
    void theVersionIsThatOfTheProgram() {
        assertThat(((Outcome.Inform<Config>) read("--version")).text()).startsWith("vectron ");
    }

    @Test
    void aFileIsReadIfNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "VECTRON_LAUNCHTEST_SHARE_PERCENT=9");
        assertThat(read("--config", file.toString()))
                .isEqualTo(new Outcome.Run<>(new Config(9, Map.of())));
        assertThat(((Outcome.Refuse<Config>) read("--config", file + "x")).text())
                .contains("no such file");
    }

    @Test
    void whatIsWrongIsSaidWithoutAStackTrace() {
        assertThat(((Outcome.Refuse<Config>) read("--shrae-percent", "7")).text())
                .contains("--shrae-percent", "vectron-launchtest --help");
        assertThat(((Outcome.Refuse<Config>) read("--share-percent")).text())
                .contains("--share-percent");
        assertThat(((Outcome.Refuse<Config>) read("--kafka", "x")).text()).contains("--kafka");
        assertThat(((Outcome.Refuse<Config>) read("--share-percent", "x")).text())
                .contains("VECTRON_LAUNCHTEST_SHARE_PERCENT=x", "argument --share-percent")
                .doesNotContain("Exception", "\tat ");
    }
}
