package io.vectron.standalone.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortLayoutTest {
    @Test
    void baseGivesConsecutivePortsInTheDocumentedOrder() {
        PortLayout layout = PortLayout.from(20_000);

        assertThat(layout.port(Part.GATEWAY)).isEqualTo(20_000);
        assertThat(layout.port(Part.GATEWAY_REST)).isEqualTo(20_001);
        assertThat(layout.port(Part.FLINK)).isEqualTo(20_002);
        assertThat(layout.port(Part.KAFKA)).isEqualTo(20_003);
        assertThat(layout.port(Part.KAFKA_CONTROLLER)).isEqualTo(20_004);
        assertThat(layout.port(Part.PLACEMENT)).isEqualTo(20_005);
        assertThat(layout.port(Part.PLACEMENT_RAFT)).isEqualTo(20_006);
        assertThat(layout.port(Part.WORKER)).isEqualTo(20_007);
        assertThat(layout.port(Part.WORKER_RAFT)).isEqualTo(20_008);
        assertThat(layout.port(Part.GATEWAY_MANAGEMENT)).isEqualTo(20_009);
        assertThat(layout.port(Part.PLACEMENT_MANAGEMENT)).isEqualTo(20_010);
        assertThat(layout.port(Part.WORKER_MANAGEMENT)).isEqualTo(20_011);
        assertThat(layout.port(Part.FLINK_RPC)).isEqualTo(20_012);
    }

    @Test
    void namesExactlyThePartsWhosePortIsTaken() throws Exception {
        PortLayout layout = PortLayout.free();
        assertThat(layout.taken()).isEmpty();
        InetAddress loopback = InetAddress.ofLiteral(PortLayout.HOST);
        try (ServerSocket other = new ServerSocket(layout.port(Part.FLINK), 1, loopback)) {
            assertThat(other.isBound()).isTrue();
            assertThat(layout.taken()).containsExactly(Part.FLINK);
        }
    }

    @Test
    void refusesImpossiblePorts() {
        assertThatThrownBy(() -> PortLayout.from(0)).hasMessageContaining("1 to 65507");
        assertThatThrownBy(() -> PortLayout.from(65_508)).hasMessageContaining("1 to 65507");
        assertThat(PortLayout.from(65_507).port(Part.KAFKA_3_CONTROLLER)).isEqualTo(65_535);
        Map<Part, Integer> twice = new EnumMap<>(PortLayout.defaults().ports());
        twice.put(Part.KAFKA, Part.FLINK.defaultPort());
        assertThatThrownBy(() -> new PortLayout(twice)).hasMessageContaining("twice");
    }
}
