package io.vectron.gateway.config;

import io.vectron.common.config.Setting;
import io.vectron.common.config.Unit;
import io.vectron.common.limit.Limits;

/**
 * What the gateway takes on at once; beyond it, requests are refused at once with
 * RESOURCE_EXHAUSTED (OVERLOADED) instead of queued. What one request may hold is fixed in {@link
 * Limits}.
 *
 * @param requestsInFlight requests being served
 * @param writeBytesInFlight bytes of requests being written to Kafka; at least one request of the
 *     largest size
 */
public record GatewayLimits(
        @Setting("Requests being served.") int requestsInFlight,
        @Setting(
                        value =
                                "Memory for requests being written to Kafka; at least 8MiB,"
                                        + " one request of the largest size.",
                        unit = Unit.BYTES)
                int writeBytesInFlight) {

    /** Fits a process with a heap of half a gigabyte. */
    public static final GatewayLimits DEFAULT = new GatewayLimits(1_024, 128 << 20);

    /** Refuses limits that would admit nothing. */
    public GatewayLimits {
        if (requestsInFlight <= 0) {
            throw new IllegalArgumentException(
                    "requestsInFlight is not positive: " + requestsInFlight);
        }
        if (writeBytesInFlight < Limits.REQUEST_BYTES) {
            throw new IllegalArgumentException(
                    "writeBytesInFlight does not admit a request: " + writeBytesInFlight);
        }
    }
}
