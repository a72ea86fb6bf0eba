package io.vectron.gateway.metric;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.vectron.common.metric.ServiceMetrics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/**
 * What the gateway counts. Labels are bounded: operations are the routes and methods served,
 * protocols and outcomes are enumerations. Any thread.
 */
public final class GatewayMetrics {
    /** How a request came. */
    public enum Protocol {
        GRPC,
        REST
    }

    /** How a request ended, by who can do something about it. */
    public enum Outcome {
        OK,
        /** The caller's fault: the same request will fail again. */
        CALLER,
        /** The same request may succeed later. */
        RETRY,
        /** The caller went away. */
        CANCELLED,
        /** Our fault. */
        US
    }

    /** What became of a record that was to be written. */
    public enum Written {
        ACKNOWLEDGED,
        FAILED
    }

    private final MeterRegistry registry;
    private final Map<Protocol, AtomicInteger> inFlight = new EnumMap<>(Protocol.class);

    /** Registers in the service's registry. */
    public GatewayMetrics(ServiceMetrics metrics) {
        registry = metrics.registry();
        for (Protocol protocol : Protocol.values()) {
            AtomicInteger count = new AtomicInteger();
            inFlight.put(protocol, count);
            registry.gauge(
                    "vectron.gateway.requests.in.flight",
                    Tags.of("protocol", label(protocol)),
                    count,
                    AtomicInteger::get);
        }
        for (Written end : Written.values()) {
            written(end, 0);
        }
    }

    /** Shows a number that is asked for at each look. */
    public <T> void gauge(String name, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value).strongReference(true).register(registry);
    }

    /** A request began; to be ended once. */
    public Running begin(Protocol protocol, String operation) {
        AtomicInteger count = inFlight.get(protocol);
        if (count == null) {
            throw new IllegalStateException("not counted: " + protocol);
        }
        count.incrementAndGet();
        return new Running(protocol, operation, count, System.nanoTime());
    }

    /** A request under way. */
    public final class Running {
        private final Protocol protocol;
        private final String operation;
        private final AtomicInteger count;
        private final long beganNanos;

        private Running(Protocol protocol, String operation, AtomicInteger count, long began) {
            this.protocol = protocol;
            this.operation = operation;
            this.count = count;
            this.beganNanos = began;
        }

        /** It has ended. */
        public void end(Outcome outcome) {
            count.decrementAndGet();
            Timer.builder("vectron.gateway.requests")
                    .tag("operation", operation)
                    .tag("protocol", label(protocol))
                    .tag("outcome", label(outcome))
                    .serviceLevelObjectives(ServiceMetrics.LATENCIES.toArray(Duration[]::new))
                    .register(registry)
                    .record(System.nanoTime() - beganNanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Records were acknowledged by Kafka, or not. */
    public void written(Written end, int records) {
        registry.counter("vectron.gateway.written.records", "outcome", label(end))
                .increment(records);
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
