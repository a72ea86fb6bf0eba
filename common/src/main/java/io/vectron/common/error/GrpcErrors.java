package io.vectron.common.error;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@link VectronException} to gRPC and back: a status whose details hold one {@code
 * google.rpc.ErrorInfo} of domain {@value #DOMAIN}, with the code as {@code reason} and {@code
 * field} and {@code blame} in its metadata.
 */
public final class GrpcErrors {
    /** Domain of our codes in {@code ErrorInfo}. */
    public static final String DOMAIN = "vectron.io";

    private static final String FIELD = "field";
    private static final String BLAME = "blame";

    private GrpcErrors() {}

    /** The exception as a gRPC call ends with it. */
    public static StatusRuntimeException toGrpc(VectronException error) {
        ErrorInfo.Builder info =
                ErrorInfo.newBuilder()
                        .setDomain(DOMAIN)
                        .setReason(error.code().name())
                        .putAllMetadata(error.metadata())
                        .putMetadata(BLAME, error.code().blame().name());
        String field = error.field();
        if (field != null) {
            info.putMetadata(FIELD, field);
        }
        com.google.rpc.Status status =
                com.google.rpc.Status.newBuilder()
                        .setCode(error.code().status().value())
                        .setMessage(String.valueOf(error.getMessage()))
                        .addDetails(Any.pack(info.build()))
                        .build();
        return StatusProto.toStatusRuntimeException(status);
    }

    /**
     * The exception that a peer of ours ended a call with; null if {@code error} carries none, or
     * one whose code this release does not know.
     */
    public static @Nullable VectronException decode(Throwable error) {
        if (error instanceof VectronException known) {
            return known;
        }
        if (!(error instanceof StatusRuntimeException || error instanceof StatusException)) {
            return null;
        }
        com.google.rpc.Status status = StatusProto.fromThrowable(error);
        if (status == null) {
            return null;
        }
        for (Any detail : status.getDetailsList()) {
            VectronException known = decode(status, detail, error);
            if (known != null) {
                return known;
            }
        }
        return null;
    }

    /**
     * What a failed call to a peer means: the peer's own code, or else one made of the bare status,
     * so that a broken connection is told apart from a defect.
     */
    public static VectronException fromGrpc(Throwable error) {
        VectronException known = decode(error);
        if (known != null) {
            return known;
        }
        Status status = Status.fromThrowable(error);
        String message = status.getCode() + ": " + status.getDescription();
        return new VectronException(code(status.getCode()), null, message, Map.of(), error);
    }

    private static ErrorCode code(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
            case DEADLINE_EXCEEDED -> ErrorCode.DEADLINE_EXCEEDED;
            case CANCELLED -> ErrorCode.CANCELLED;
            case RESOURCE_EXHAUSTED -> ErrorCode.OVERLOADED;
            case OK,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL,
                    DATA_LOSS,
                    UNAUTHENTICATED ->
                    ErrorCode.INTERNAL;
        };
    }

    private static @Nullable VectronException decode(
            com.google.rpc.Status status, Any detail, Throwable cause) {
        if (!detail.is(ErrorInfo.class)) {
            return null;
        }
        try {
            ErrorInfo info = detail.unpack(ErrorInfo.class);
            if (!info.getDomain().equals(DOMAIN)) {
                return null;
            }
            Map<String, String> metadata = new HashMap<>(info.getMetadataMap());
            String field = metadata.remove(FIELD);
            metadata.remove(BLAME);
            ErrorCode code = ErrorCode.valueOf(info.getReason());
            return new VectronException(code, field, status.getMessage(), metadata, cause);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            // Not ours, or of a later release: the caller goes by the bare status.
            return null;
        }
    }
}
