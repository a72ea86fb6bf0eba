package io.vectron.common.record;

import static io.vectron.common.record.RuleExamples.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaRegistryFrameTest {
    private static final String SCHEMA_ID = "007b7b7b7b";

    @ParameterizedTest
    @CsvSource({
        "the first message, 00",
        "the first message in the long form, 0200",
        "the third message, 0204",
        "a message within a message, 040600",
        "the largest index, 02feffffff0f",
    })
    void skipsThePathOfTheMessage(String name, String path) {
        byte[] framed = bytes(SCHEMA_ID + path + "0a0b");

        assertThat(SchemaRegistryFrame.protobufBody(framed)).as(name).isEqualTo(bytes("0a0b"));
    }

    @ParameterizedTest
    @CsvSource({
        "no path, ''",
        "fewer indexes than counted, 0602",
        "cut off within an index, 0480",
        "a negative count, 01",
        "a negative index, 0201",
        "an index of more than 31 bits, 02feffffff1f",
        "a varint of six bytes, 808080808000",
    })
    void refusesAMalformedPath(String name, String path) {
        byte[] framed = bytes(SCHEMA_ID + path);

        assertThatThrownBy(() -> SchemaRegistryFrame.protobufBody(framed))
                .as(name)
                .isInstanceOfSatisfying(
                        RuleException.class,
                        e -> assertThat(e.rule()).isEqualTo(Rule.SCHEMA_REGISTRY_FRAME));
    }

    @Test
    void takesAsManyIndexesAsAnyFileMayNestAndNoMore() {
        byte[] most = bytes(SCHEMA_ID + "40" + "00".repeat(32) + "ff");
        byte[] tooMany = bytes(SCHEMA_ID + "42" + "00".repeat(33) + "ff");

        assertThat(SchemaRegistryFrame.protobufBody(most)).isEqualTo(bytes("ff"));
        assertThatThrownBy(() -> SchemaRegistryFrame.protobufBody(tooMany))
                .isInstanceOf(RuleException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void refusesAHeaderThatIsCutOff(int length) {
        byte[] cut = Arrays.copyOf(bytes(SCHEMA_ID), length);

        assertThatThrownBy(() -> SchemaRegistryFrame.body(cut)).isInstanceOf(RuleException.class);
    }

    @Test
    void findsAnEmptyBodyBehindABareHeader() {
        assertThat(SchemaRegistryFrame.body(bytes(SCHEMA_ID))).isEmpty();
    }
}
