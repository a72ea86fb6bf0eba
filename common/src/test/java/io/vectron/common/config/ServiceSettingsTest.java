package io.vectron.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceSettingsTest {
    record Silent(@Setting("Said.") int said, int unsaid) {}

    record Twice(@Setting("One.") int one, @Setting(value = "Two.", name = "one") int two) {}

    record Strange(@Setting("Strange.") Thread thread) {}

    record Within(@Setting("Group.") Silent group) {}

    @Test
    void noSettingIsWithoutAWord() {
        assertThatThrownBy(() -> ServiceSettings.of("x", new Silent(1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unsaid");
        assertThatThrownBy(() -> ServiceSettings.of("x", new Within(new Silent(1, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unsaid");
    }

    @Test
    void noTwoSettingsHaveOneKey() {
        assertThatThrownBy(() -> ServiceSettings.of("x", new Twice(1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two settings have the key VECTRON_X_ONE");
    }

    @Test
    void aTypeThatCannotBeWrittenIsRefused() {
        Strange strange = new Strange(Thread.currentThread());
        assertThatThrownBy(() -> ServiceSettings.of("x", strange))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Thread");
    }

    @Test
    void keysAndOptionsFollowFromTheComponents() {
        List<SettingDoc> all = ExampleConfig.SETTINGS.documentation();
        assertThat(all)
                .extracting(SettingDoc::key)
                .containsExactly(
                        "VECTRON_EXAMPLE_ID",
                        "VECTRON_EXAMPLE_PORT",
                        "VECTRON_EXAMPLE_FAST",
                        "VECTRON_EXAMPLE_SHARE",
                        "VECTRON_EXAMPLE_FOLDER",
                        "VECTRON_EXAMPLE_OTHER",
                        "VECTRON_EXAMPLE_PLACES",
                        "VECTRON_EXAMPLE_PHRASE",
                        "VECTRON_EXAMPLE_KAFKA_BOOTSTRAP_SERVERS",
                        "VECTRON_EXAMPLE_KAFKA_CLIENT_",
                        "VECTRON_EXAMPLE_WAITING_PATIENCE",
                        "VECTRON_EXAMPLE_WAITING_BUFFER",
                        "VECTRON_EXAMPLE_WAITING_LINGER",
                        "VECTRON_EXAMPLE_WAITING_LEAST",
                        "VECTRON_EXAMPLE_WAITING_MOST");
        assertThat(all.get(8).option()).isEqualTo("--kafka-bootstrap-servers");
        assertThat(ExampleConfig.SETTINGS.key("--kafka-bootstrap-servers"))
                .isEqualTo(all.get(8).key());
    }

    @Test
    void theSampleNamesEveryKeyAndIsAnEnvFile() {
        String sample = SampleFile.of(ExampleConfig.SETTINGS);
        for (SettingDoc setting : ExampleConfig.SETTINGS.documentation()) {
            String key = setting.key() + (setting.properties() ? "NAME" : "");
            String begin = (setting.required() ? "" : "#") + key + "=";
            assertThat(sample.lines().filter(line -> line.startsWith(begin))).hasSize(1);
        }
        assertThat(sample).doesNotContain("sesame");
        assertThat(sample.lines()).allMatch(line -> line.length() <= 100);
    }
}
