package io.vectron.common.error;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a call as its handler failed: a {@link VectronException} as such, whether it was thrown or
 * given to {@code onError}; anything else that is no gRPC status as INTERNAL with a request id that
 * also stands in our log. No stack trace reaches the caller.
 */
public final class ErrorInterceptor implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(ErrorInterceptor.class);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        MappingCall<Q, A> mapped = new MappingCall<>(call);
        ServerCall.Listener<Q> listener;
        try {
            listener = next.startCall(mapped, headers);
        } catch (RuntimeException e) {
            mapped.fail(e);
            return new ServerCall.Listener<>() {};
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                guard(mapped, () -> super.onMessage(message));
            }

            @Override
            public void onHalfClose() {
                guard(mapped, super::onHalfClose);
            }

            @Override
            public void onReady() {
                guard(mapped, super::onReady);
            }
        };
    }

    private static void guard(MappingCall<?, ?> call, Runnable handler) {
        try {
            handler.run();
        } catch (RuntimeException e) {
            call.fail(e);
        }
    }

    private static StatusRuntimeException toGrpc(Throwable error, String method) {
        VectronException known = GrpcErrors.decode(error);
        if (known != null) {
            return GrpcErrors.toGrpc(known);
        }
        if (error instanceof StatusRuntimeException status) {
            return status;
        }
        if (error instanceof StatusException status) {
            return new StatusRuntimeException(status.getStatus(), status.getTrailers());
        }
        String requestId = UUID.randomUUID().toString();
        log.error("{} failed, request {}", method, requestId, error);
        return GrpcErrors.toGrpc(
                new VectronException(
                        ErrorCode.INTERNAL,
                        null,
                        "internal error, request " + requestId,
                        Map.of("request_id", requestId)));
    }

    /** Closes at most once, since a handler may fail after it has answered. */
    private static final class MappingCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private boolean closed; // guarded by this

        MappingCall(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            Throwable cause = status.getCause();
            // What a handler gives to onError arrives as UNKNOWN with the error as its cause.
            if (status.getCode() == Status.Code.UNKNOWN && cause != null) {
                fail(cause);
            } else {
                closeOnce(status, trailers);
            }
        }

        void fail(Throwable error) {
            StatusRuntimeException mapped =
                    toGrpc(error, getMethodDescriptor().getFullMethodName());
            Metadata trailers = mapped.getTrailers();
            closeOnce(mapped.getStatus(), trailers);
        }

        private void closeOnce(Status status, @Nullable Metadata trailers) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            super.close(status, trailers == null ? new Metadata() : trailers);
        }
    }
}
