package io.vectron.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class VectronProcessTest {
    @Test
    void addressesAreNotMistakenForTimesOfTheSameName() throws IOException {
        VectronProcess.Ready ready =
                VectronProcess.parse(
                        "{\"event\":\"ready\",\"rss_mb\":475.5,\"addresses\":{\"gateway\":"
                                + "\"127.0.0.1:1\",\"rest\":\"http://127.0.0.1:3\","
                                + "\"kafka\":\"127.0.0.1:2\"},"
                                + "\"started_in_ms\":{\"gateway\":99}}");
        assertThat(ready)
                .isEqualTo(
                        new VectronProcess.Ready(
                                475.5, "127.0.0.1:1", "http://127.0.0.1:3", "127.0.0.1:2"));
    }

    @Test
    void aMissingAddressIsNamed() {
        assertThatThrownBy(() -> VectronProcess.parse("{\"rss_mb\":1,\"addresses\":{}}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/addresses/gateway");
    }
}
