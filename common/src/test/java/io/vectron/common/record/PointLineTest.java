package io.vectron.common.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.proto.v1.PointToWrite;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointLineTest {
    @Test
    void isTheJsonOfARecordWithTheIdAnywhereBesideIt() {
        PointToWrite point = parse("{\"vector\":[1,2.5],\"id\":\"a\",\"payload\":{\"n\":7}}");
        assertThat(point.getId()).isEqualTo("a");
        byte[] record = bytes("{\"vector\":[1,2.5],\"payload\":{\"n\":7}}");
        assertThat(point.getPoint()).isEqualTo(JsonPoints.decode(record, 8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"vector\":[1]}|id_missing",
                "{\"id\":\"\",\"vector\":[1]}|id_missing",
                "{\"id\":7,\"vector\":[1]}|json_type_mismatch",
                "{\"id\":\"\\ud800\",\"vector\":[1]}|json_malformed",
                "{\"id\":\"a\",\"id\":\"b\"}|json_duplicate_key",
                "{\"id\":\"a\",\"vektor\":[1]}|json_unknown_field",
                "nonsense|json_malformed"
            })
    void namesTheRuleThatItBreaks(String line, String rule) {
        assertThatThrownBy(() -> parse(line))
                .asInstanceOf(type(VectronException.class))
                .satisfies(error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.INVALID_POINT);
                    assertThat(error.metadata()).containsEntry("rule", rule);
                    assertThat(error).hasMessageStartingWith(rule + ": ");
                });
    }

    /** A record has its id in the key; one beside the vector would be a second truth. */
    @Test
    void aRecordMayNotHaveAnId() {
        assertThatThrownBy(() -> JsonPoints.decode(bytes("{\"id\":\"a\",\"vector\":[1]}"), 8))
                .isInstanceOf(RuleException.class)
                .hasMessageContaining("but no id");
    }

    private static PointToWrite parse(String line) {
        return PointLine.parse(bytes(line));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
