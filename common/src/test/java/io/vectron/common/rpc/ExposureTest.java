package io.vectron.common.rpc;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExposureTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.3.2.1", "::1", "[::1]", "localhost", "LocalHost"})
    void loopbackNeedsNoPermission(String host) {
        assertThatCode(() -> Exposure.requireAllowed("host", host, false))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "::",
                "10.0.0.7",
                "fe80::1",
                "::ffff:10.0.0.7",
                "vectron.example",
                "127.0.0.1.example",
                "localhost.example",
                "999.0.0.1",
                "1:2"
            })
    void anythingElseNeedsIt(String host) {
        assertThatThrownBy(() -> Exposure.requireAllowed("management host", host, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("management host " + host, "--insecure", "127.0.0.1");
        assertThatCode(() -> Exposure.requireAllowed("management host", host, true))
                .doesNotThrowAnyException();
    }
}
