package io.vectron.gateway.rest;

import io.vectron.gateway.metric.GatewayMetrics;
import io.vectron.gateway.metric.GatewayMetrics.Outcome;
import io.vectron.gateway.metric.GatewayMetrics.Protocol;
import java.io.IOException;

/** Counts calls over HTTP by method and route, of which there are so many as are served. */
public final class MetricsFilter implements RestFilter {
    private final GatewayMetrics metrics;

    /** Counts into these. */
    public MetricsFilter(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void handle(RestCall call, RestHandler next) throws IOException {
        boolean matched = !call.path().equals(Route.UNMATCHED);
        String operation = matched ? call.method() + " " + call.path() : Route.UNMATCHED;
        GatewayMetrics.Running running = metrics.begin(Protocol.REST, operation);
        Outcome outcome = Outcome.US; // unless it is answered
        try {
            next.handle(call);
            outcome = outcome(call.status());
        } finally {
            running.end(outcome);
        }
    }

    private static Outcome outcome(int status) {
        return switch (status) {
            case 408, 429, 503, 504 -> Outcome.RETRY;
            case 499 -> Outcome.CANCELLED;
            default -> status >= 500 ? Outcome.US : status >= 400 ? Outcome.CALLER : Outcome.OK;
        };
    }
}
