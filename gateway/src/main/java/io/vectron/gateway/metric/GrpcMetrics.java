package io.vectron.gateway.metric;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.vectron.gateway.metric.GatewayMetrics.Outcome;
import io.vectron.gateway.metric.GatewayMetrics.Protocol;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** Counts calls over gRPC. Only methods that are served come here, so their names are bounded. */
public final class GrpcMetrics implements ServerInterceptor {
    private final GatewayMetrics metrics;

    /** Counts into these. */
    public GrpcMetrics(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = Objects.requireNonNull(call.getMethodDescriptor().getBareMethodName());
        GatewayMetrics.Running running = metrics.begin(Protocol.GRPC, snakeCase(method));
        AtomicBoolean ended = new AtomicBoolean();
        ServerCall<Q, A> counted =
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        if (ended.compareAndSet(false, true)) {
                            running.end(outcome(status.getCode()));
                        }
                        super.close(status, trailers);
                    }
                };
        return new SimpleForwardingServerCallListener<>(next.startCall(counted, headers)) {
            @Override
            public void onCancel() {
                if (ended.compareAndSet(false, true)) {
                    running.end(Outcome.CANCELLED);
                }
                super.onCancel();
            }
        };
    }

    private static String snakeCase(String method) {
        return method.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private static Outcome outcome(Status.Code code) {
        return switch (code) {
            case OK -> Outcome.OK;
            case CANCELLED -> Outcome.CANCELLED;
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    UNAUTHENTICATED ->
                    Outcome.CALLER;
            case DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE -> Outcome.RETRY;
            case UNKNOWN, INTERNAL, DATA_LOSS -> Outcome.US;
        };
    }
}
