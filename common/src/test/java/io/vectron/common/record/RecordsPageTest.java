package io.vectron.common.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the page tells users is what the code does. */
class RecordsPageTest {
    private String page = "";

    @BeforeEach
    void read() throws IOException {
        page = Files.readString(Path.of("..", "docs", "records.md"));
    }

    @ParameterizedTest
    @EnumSource(Rule.class)
    void tellsOfEveryRule(Rule rule) {
        assertThat(page).contains("| `" + rule.key() + "` | ");
    }

    @Test
    void tellsOfNoRuleThatIsNotThere() {
        assertThat(page.lines().filter(line -> line.matches("\\| `[a-z_0-9]+` \\| .*")))
                .hasSize(Rule.values().length);
    }

    @Test
    void tellsTheLimits() {
        assertThat(page)
                .contains("| point id | " + Limits.ID_BYTES + " bytes")
                .contains("| record, key and value | " + Limits.RECORD_BYTES / 1024 + " KiB")
                .contains(number(Limits.DIMENSION), number(Limits.TOP_K), number(Limits.SHARDS))
                .contains(Limits.PAYLOAD_BYTES / 1024 + " KiB, " + Limits.PAYLOAD_DEPTH + " levels")
                .contains(
                        number(Limits.POINTS_PER_REQUEST)
                                + ", and "
                                + (Limits.REQUEST_BYTES >> 20));
    }

    private static String number(int value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
