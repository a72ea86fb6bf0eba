package io.vectron.bench.smoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ClusterCaseTest {
    @Test
    void memoryIsThatOfAllProcesses() throws Exception {
        assertThat(
                        megabytes(
                                "{\"services\":[{\"service\":\"a\",\"rss_mb\":100.5},"
                                        + "{\"service\":\"b\",\"rss_mb\":200}]}"))
                .isEqualTo(300.5);
    }

    @Test
    void aProcessThatDoesNotTellIsNoMeasurement() {
        assertThatThrownBy(() ->
                        megabytes(
                                "{\"services\":[{\"service\":\"a\",\"rss_mb\":1},"
                                        + "{\"service\":\"b\"}]}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("memory of b");
        assertThatThrownBy(() -> megabytes("{}")).isInstanceOf(IOException.class);
    }

    private static double megabytes(String status) throws IOException {
        return ClusterCase.residentMegabytes(new ObjectMapper().readTree(status));
    }
}
