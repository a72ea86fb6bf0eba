package io.vectron.gateway.config;

import io.vectron.common.config.Setting;
import io.vectron.common.config.Unit;
import io.vectron.common.limit.Limits;
import java.time.Duration;

/**
 * How the gateway takes requests over HTTP.
 *
 * @param port port of the REST API; 0 takes a free one
 * @param connections connections served at once; further ones wait to be accepted
 * @param idle how long a connection may be silent
 * @param body how long a request's body may take to arrive
 * @param memoryBytes what all requests together may hold in bodies, decoded requests and answers;
 *     a quarter of it is kept for small requests, and the rest must admit one of the largest size.
 *     Beyond it, requests are refused with RESOURCE_EXHAUSTED (OVERLOADED)
 */
public record RestConfig(
        @Setting("Port of the REST API; 0 takes a free one.") int port,
        @Setting("Connections served at once; further ones wait to be accepted.") int connections,
        @Setting("How long a connection may be silent.") Duration idle,
        @Setting("How long a request's body may take to arrive.") Duration body,
        @Setting(
                        value =
                                "Memory for bodies, decoded requests and answers of all requests;"
                                        + " at least 54MiB. A quarter is kept for requests that"
                                        + " hold less than 128KiB; the rest is the most that one"
                                        + " may hold.",
                        unit = Unit.BYTES)
                int memoryBytes) {

    /** What one request of the largest size is reckoned to hold, bytes. */
    private static final int REQUEST_MEMORY_BYTES = 5 * Limits.REQUEST_BYTES;

    /** One part of so many of the memory is kept for small requests. */
    public static final int KEPT_PART = 4;

    /** Fits a process with a heap of a quarter of a gigabyte. */
    private static final int DEFAULT_MEMORY_BYTES = 64 << 20;

    /** Refuses a port out of range, and limits that admit no request. */
    public RestConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("REST port is out of range: " + port);
        }
        if (connections <= 0) {
            throw new IllegalArgumentException("connections is not positive: " + connections);
        }
        if (!idle.isPositive() || !body.isPositive()) {
            throw new IllegalArgumentException(
                    "timeouts must be positive: idle " + idle + ", body " + body);
        }
        if (memoryBytes - memoryBytes / KEPT_PART < REQUEST_MEMORY_BYTES) {
            throw new IllegalArgumentException(
                    "memoryBytes does not admit a request beside what is kept for small ones: "
                            + memoryBytes);
        }
    }

    /** The documented defaults on that port. */
    public static RestConfig at(int port) {
        return new RestConfig(
                port, 1_024, Duration.ofSeconds(30), Duration.ofSeconds(30), DEFAULT_MEMORY_BYTES);
    }
}
