package io.vectron.gateway.rest;

import io.vectron.common.trace.TraceParent;
import io.vectron.common.trace.TraceScope;
import java.io.IOException;

/** Handles each call within the trace that its caller names in {@code traceparent}. */
public final class TraceFilter implements RestFilter {
    @Override
    public void handle(RestCall call, RestHandler next) throws IOException {
        try (TraceScope _ = TraceScope.enter(call.header(TraceParent.HEADER))) {
            next.handle(call);
        }
    }
}
