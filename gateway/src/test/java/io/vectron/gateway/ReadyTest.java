package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.FreePort;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.config.KafkaConfig;
import io.vectron.gateway.fake.FakePlacement;
import io.vectron.gateway.fake.InMemoryLog;
import io.vectron.gateway.fresh.GatewayClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a gateway says that it is not ready, and that it is ready again. */
@Timeout(60)
class ReadyTest {
    private static final String KAFKA_AWAY = "\"name\":\"kafka\",\"ready\":false";
    private static final String PLACEMENT_AWAY = "\"name\":\"placement\",\"ready\":false";

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aLogThatDoesNotAnswerMakesItUnreadyUntilItDoes() throws Exception {
        try (Cluster cluster = new Cluster()) {
            int page = cluster.gateway.managementPort();
            assertThat(ready(page).statusCode()).isEqualTo(200);
            assertThat(health(cluster)).isEqualTo(ServingStatus.SERVING);

            cluster.log.away(true);
            await(() -> ready(page).statusCode() == 503);
            assertThat(ready(page).body()).contains(KAFKA_AWAY).doesNotContain(PLACEMENT_AWAY);
            await(() -> health(cluster) == ServingStatus.NOT_SERVING);

            cluster.log.away(false);
            await(() -> ready(page).statusCode() == 200);
            await(() -> health(cluster) == ServingStatus.SERVING);
        }
    }

    @Test
    void aKafkaThatIsNotThereIsFoundOut() throws Exception {
        InMemoryLog log = new InMemoryLog();
        try (FakePlacement placement = new FakePlacement(log, List.of());
                Gateway gateway = new Gateway(config(closedPort(), placement.address()))) {
            gateway.start();
            HttpResponse<String> answer = ready(gateway.managementPort());
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains(KAFKA_AWAY).doesNotContain(PLACEMENT_AWAY);
        }
    }

    @Test
    void withoutAViewOfPlacementItIsNotReadyYet() throws Exception {
        InMemoryLog log = new InMemoryLog();
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor();
                FakePlacement placement = new FakePlacement(log, List.of())) {
            placement.mute();
            GatewayConfig config = config(closedPort(), placement.address());
            try (Gateway gateway = new Gateway(config, log, log, log, GatewayClock.SYSTEM)) {
                Future<Gateway> starting = starters.submit(gateway::start);
                await(() -> gateway.managementPort() > 0);
                HttpResponse<String> answer = ready(gateway.managementPort());
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains(PLACEMENT_AWAY).doesNotContain(KAFKA_AWAY);

                placement.unmute();
                starting.get();
                assertThat(ready(gateway.managementPort()).statusCode()).isEqualTo(200);
            }
        }
    }

    private static GatewayConfig config(int kafkaPort, Address placement) {
        return GatewayConfig.of(
                        "127.0.0.1",
                        0,
                        0,
                        new KafkaConfig("127.0.0.1:" + kafkaPort, Map.of()),
                        placement)
                .withManagement(ManagementConfig.on(0));
    }

    private static int closedPort() throws Exception {
        return FreePort.any();
    }

    private static ServingStatus health(Cluster cluster) {
        return HealthGrpc.newBlockingStub(cluster.channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }

    private HttpResponse<String> ready(int port) {
        URI page = URI.create("http://127.0.0.1:" + port + "/readyz");
        return http.sendAsync(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).join();
    }

    /** Bounded by the timeout of the test. */
    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
