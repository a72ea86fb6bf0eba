package io.vectron.common.trace;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The trace that the current thread works for. While a scope is open, {@link #current} tells it and
 * log lines carry its id as {@value #LOG_KEY}. To be closed by the thread that opened it.
 */
public final class TraceScope implements AutoCloseable {
    /** Name of the trace's id in log lines. */
    public static final String LOG_KEY = "trace_id";

    private static final Context.Key<TraceParent> CURRENT = Context.key("vectron-traceparent");

    private final Context entered;
    private final @Nullable Context before;
    private final @Nullable String lineBefore;

    private TraceScope(@Nullable TraceParent trace) {
        if (trace == null) {
            entered = Context.current();
            before = null;
            lineBefore = null;
            return;
        }
        entered = Context.current().withValue(CURRENT, trace);
        before = entered.attach();
        lineBefore = MDC.get(LOG_KEY);
        MDC.put(LOG_KEY, trace.traceId());
    }

    /** Works for a trace; null goes on as before. */
    public static TraceScope enter(@Nullable TraceParent trace) {
        return new TraceScope(trace);
    }

    /** As {@link #enter(TraceParent)}, with a request's header; a broken one is ignored. */
    public static TraceScope enter(@Nullable String header) {
        return new TraceScope(TraceParent.parse(header));
    }

    /** Runs something within a scope. */
    public static void run(@Nullable TraceParent trace, Runnable work) {
        TraceScope scope = enter(trace);
        try {
            work.run();
        } finally {
            scope.close();
        }
    }

    /** The trace of the request that this thread serves; null if its caller sent none. */
    public static @Nullable TraceParent current() {
        return CURRENT.get();
    }

    @Override
    public void close() {
        if (before == null) {
            return;
        }
        entered.detach(before);
        if (lineBefore == null) {
            MDC.remove(LOG_KEY);
        } else {
            MDC.put(LOG_KEY, lineBefore);
        }
    }
}
