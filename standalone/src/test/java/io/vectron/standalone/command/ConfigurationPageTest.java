package io.vectron.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.config.Loaded;
import io.vectron.common.config.SampleFile;
import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.SettingDoc;
import io.vectron.common.config.SettingsTable;
import io.vectron.common.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The page and the sample files are made from the records, so that every key and every default is
 * pinned. After a change, run this test with {@code -Dvectron.write=true} to write them anew.
 */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Path SAMPLES = Path.of("..", "docs", "config");
    private static final String GENERATED = "<!-- generated -->\n";
    private static final boolean WRITE = Boolean.getBoolean("vectron.write");

    static Stream<ServiceSettings<?>> services() {
        return Services.all().stream();
    }

    private static void check(Path file, String wanted) throws IOException {
        if (WRITE) {
            Files.writeString(file, wanted);
        }
        assertThat(Files.readString(file)).isEqualTo(wanted);
    }

    @Test
    void thePageTellsOfEverySetting() throws IOException {
        String page = Files.readString(PAGE);
        StringBuilder wanted = new StringBuilder();
        wanted.append(page, 0, page.indexOf(GENERATED) + GENERATED.length());
        for (ServiceSettings<?> settings : Services.all()) {
            wanted.append("\n### ").append(settings.service()).append("\n");
            wanted.append(SettingsTable.of(settings));
        }
        check(PAGE, wanted.toString());
    }

    @ParameterizedTest
    @MethodSource("services")
    void theSampleFileIsUpToDate(ServiceSettings<?> settings) throws IOException {
        check(SAMPLES.resolve(settings.service() + ".env"), SampleFile.of(settings));
    }

    @ParameterizedTest
    @MethodSource("services")
    void theSampleFileChangesNothing(ServiceSettings<?> settings) {
        Path file = SAMPLES.resolve(settings.service() + ".env");
        Loaded<?> loaded = settings.load(new Sources(file, Map.of(), Map.of()));
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        assertThat(((Loaded.Accepted<?>) loaded).config()).isEqualTo(settings.defaults());
    }

    /** Each setting at its default, as the sample has it, with the comment signs removed. */
    @ParameterizedTest
    @MethodSource("services")
    void everyDefaultCanBeGiven(ServiceSettings<?> settings) throws IOException {
        Path file = Files.createTempFile("all", ".env");
        try {
            StringBuilder text = new StringBuilder();
            for (SettingDoc setting : settings.documentation()) {
                SettingDoc.Value value = setting.value();
                if (!setting.properties() && value.byDefault().isEmpty()) {
                    text.append(setting.key()).append("='").append(value.defaultValue());
                    text.append("'\n");
                }
            }
            Files.writeString(file, text);
            Loaded<?> loaded = settings.load(new Sources(file, Map.of(), Map.of()));
            assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
            assertThat(((Loaded.Accepted<?>) loaded).config()).isEqualTo(settings.defaults());
        } finally {
            Files.delete(file);
        }
    }
}
