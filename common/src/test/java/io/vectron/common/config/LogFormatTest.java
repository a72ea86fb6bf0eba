package io.vectron.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogFormatTest {
    @Test
    void whatTheLoggingFrameworkWouldIgnoreIsRefused() {
        assertThat(LogFormat.problem(null)).isNull();
        assertThat(LogFormat.problem("json")).isNull();
        assertThat(LogFormat.problem("text")).isNull();
        assertThat(LogFormat.problem("yaml")).contains("VECTRON_LOG_FORMAT").contains("yaml");
        assertThat(LogFormat.problem("")).contains("text or json");
    }
}
