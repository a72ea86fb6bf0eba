package io.vectron.common.metric;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vectron.common.manage.MetricsPage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one service, with those of its JVM and process: names and units by Prometheus'
 * rules, ours beginning with {@code vectron_}. The list stands in {@code docs/metrics.md}.
 */
public final class ServiceMetrics implements MetricsPage, AutoCloseable {
    private static final String OPEN_METRICS = "application/openmetrics-text";

    /** Bounds of the buckets that latencies are counted in. */
    public static final List<Duration> LATENCIES =
            IntStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
                    .mapToObj(Duration::ofMillis)
                    .toList();

    private final List<Runnable> looks = new CopyOnWriteArrayList<>();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** Counts the JVM and the process from now on. */
    public ServiceMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /** Where parts of the service register what they count. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Calls {@code look} before each page: it brings numbers up to date, and must not block. */
    public void beforeEach(Runnable look) {
        looks.add(look);
    }

    @Override
    public Page now(@Nullable String accept) {
        looks.forEach(Runnable::run);
        String type =
                accept != null && accept.contains(OPEN_METRICS)
                        ? OPEN_METRICS + "; version=1.0.0; charset=utf-8"
                        : "text/plain; version=0.0.4; charset=utf-8";
        return new Page(type, registry.scrape(type));
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
