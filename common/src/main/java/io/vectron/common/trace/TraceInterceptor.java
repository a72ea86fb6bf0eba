package io.vectron.common.trace;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Opens a {@link TraceScope} around each call whose caller sent {@code traceparent}. */
public final class TraceInterceptor implements ServerInterceptor {
    /** The header in gRPC's metadata. */
    public static final Metadata.Key<String> KEY =
            Metadata.Key.of(TraceParent.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        TraceParent trace = TraceParent.parse(headers.get(KEY));
        if (trace == null) {
            return next.startCall(call, headers);
        }
        ServerCall.Listener<Q> listener;
        TraceScope scope = TraceScope.enter(trace);
        try {
            listener = next.startCall(call, headers);
        } finally {
            scope.close();
        }
        return new Traced<>(listener, trace);
    }

    /** Handlers run inside the listener's methods. */
    private static final class Traced<Q> extends SimpleForwardingServerCallListener<Q> {
        private final TraceParent trace;

        Traced(ServerCall.Listener<Q> listener, TraceParent trace) {
            super(listener);
            this.trace = trace;
        }

        @Override
        public void onMessage(Q message) {
            TraceScope.run(trace, () -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            TraceScope.run(trace, () -> super.onHalfClose());
        }

        @Override
        public void onReady() {
            TraceScope.run(trace, () -> super.onReady());
        }
    }
}
