package io.vectron.common.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GoldenVectorsTest {
    @Test
    void canonicalFormAndHashAreAsEver() throws IOException {
        assertThat(GoldenVectors.accepted()).isEqualTo(resource(GoldenVectors.ACCEPTED));
    }

    @Test
    void rulesAreAsEver() throws IOException {
        assertThat(GoldenVectors.refused()).isEqualTo(resource(GoldenVectors.REFUSED));
    }

    private static List<String> resource(String name) throws IOException {
        try (InputStream in = GoldenVectorsTest.class.getClassLoader().getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8)
                    .lines()
                    .toList();
        }
    }
}
