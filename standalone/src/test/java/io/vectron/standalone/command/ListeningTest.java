package io.vectron.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.config.ServiceSettings;
import io.vectron.common.launch.Arguments;
import io.vectron.common.launch.Arguments.Outcome;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.worker.config.WorkerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where services agree to listen. */
class ListeningTest {
    static Stream<ServiceSettings<?>> services() {
        return Stream.of(
                GatewayConfig.settings(), PlacementConfig.settings(), WorkerConfig.settings());
    }

    @ParameterizedTest
    @MethodSource("services")
    void onlyThisMachineReachesAServiceThatWasToldNothing(ServiceSettings<?> settings) {
        assertThat(read(settings)).isInstanceOf(Outcome.Run.class);
        assertThat(read(settings, "--host", "::1")).isInstanceOf(Outcome.Run.class);
    }

    @ParameterizedTest
    @MethodSource("services")
    void othersReachItOnlyIfThatIsAskedFor(ServiceSettings<?> settings) {
        for (String option : List.of("--host", "--management-host")) {
            for (String host : List.of("0.0.0.0", "::", "10.1.2.3", "node-7.example")) {
                assertThat(read(settings, option, host))
                        .isInstanceOfSatisfying(
                                Outcome.Refuse.class,
                                refused ->
                                        assertThat(refused.text())
                                                .contains(
                                                        "host " + host + " is reached by other",
                                                        "--insecure"));
                assertThat(read(settings, "--insecure", option, host))
                        .isInstanceOf(Outcome.Run.class);
                assertThat(read(settings, option, host, "--insecure=false"))
                        .isInstanceOf(Outcome.Refuse.class);
            }
        }
    }

    private static Outcome<?> read(ServiceSettings<?> settings, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        settings.documentation().stream()
                .filter(setting -> setting.required())
                .forEach(setting -> all.addAll(List.of(setting.option(), "one")));
        return Arguments.read(settings, ListeningTest.class, all);
    }
}
