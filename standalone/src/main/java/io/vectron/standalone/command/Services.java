package io.vectron.standalone.command;

import io.vectron.common.config.ServiceSettings;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.ingest.config.IngestConfig;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.standalone.broker.BrokerConfig;
import io.vectron.worker.config.WorkerConfig;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The services that run as processes of their own, and their settings. */
public final class Services {
    private static final List<ServiceSettings<?>> ALL =
            List.of(
                    BrokerConfig.settings(),
                    PlacementConfig.settings(),
                    WorkerConfig.settings(),
                    IngestConfig.settings(),
                    GatewayConfig.settings());

    private Services() {}

    /** All of them, in the order they are started in. */
    public static List<ServiceSettings<?>> all() {
        return ALL;
    }

    /** The settings of a service; null if there is no such service. */
    public static @Nullable ServiceSettings<?> named(String service) {
        return ALL.stream()
                .filter(settings -> settings.service().equals(service))
                .findFirst()
                .orElse(null);
    }

    /** The names, separated by commas. */
    public static String names() {
        return ALL.stream().map(ServiceSettings::service).collect(Collectors.joining(", "));
    }
}
