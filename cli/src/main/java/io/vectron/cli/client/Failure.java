package io.vectron.cli.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.JsonLine;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a command failed, and what a person can do about it.
 *
 * @param code permanent name, as of {@link ErrorCode}; {@code COMMAND_FAILED} if it is none of
 *     those
 * @param message what happened
 * @param field field of the request at fault; null if there is none
 * @param advice what to do; null if there is nothing to say
 */
public record Failure(
        String code, String message, @Nullable String field, @Nullable String advice) {
    private static final String OTHER = "COMMAND_FAILED";
    private static final String NOT_REACHED = "NOT_REACHED";
    private static final String IN_A_WHILE = "Try again in a while; vectron status tells more.";

    private static final Map<ErrorCode, String> ADVICE =
            Map.ofEntries(
                    Map.entry(
                            ErrorCode.COLLECTION_NOT_FOUND,
                            "vectron collection list shows those there are."),
                    Map.entry(
                            ErrorCode.COLLECTION_EXISTS,
                            "vectron collection describe shows it; with --if-absent create leaves"
                                    + " it as it is."),
                    Map.entry(ErrorCode.COLLECTION_NOT_READY, IN_A_WHILE),
                    Map.entry(
                            ErrorCode.UNKNOWN_VECTOR,
                            "vectron collection describe names the vectors; --vector-name chooses"
                                    + " one."),
                    Map.entry(
                            ErrorCode.INVALID_QUERY_VECTOR,
                            "vectron collection describe tells dimension and metric."),
                    Map.entry(
                            ErrorCode.INVALID_POINT, "docs/records.md tells what a point may be."),
                    Map.entry(
                            ErrorCode.FRESHNESS_TIMEOUT,
                            "A longer --timeout waits longer; vectron trace tells where the write"
                                    + " is."),
                    Map.entry(
                            ErrorCode.DEADLINE_EXCEEDED,
                            "A longer --timeout waits longer; vectron status tells more."),
                    Map.entry(ErrorCode.LOG_UNAVAILABLE, IN_A_WHILE),
                    Map.entry(ErrorCode.SHARD_UNAVAILABLE, IN_A_WHILE),
                    Map.entry(ErrorCode.PLACEMENT_UNAVAILABLE, IN_A_WHILE),
                    Map.entry(ErrorCode.NO_WORKERS, IN_A_WHILE),
                    Map.entry(ErrorCode.OVERLOADED, IN_A_WHILE),
                    Map.entry(ErrorCode.SHUTTING_DOWN, IN_A_WHILE),
                    Map.entry(
                            ErrorCode.INTERNAL,
                            "The logs of the services tell more; the request id is in both."));

    /**
     * What a failed call to the gateway means.
     *
     * @param address of the gateway
     */
    public static Failure of(StatusRuntimeException error, Address address) {
        VectronException known = GrpcErrors.decode(error);
        if (known != null) {
            String message = String.valueOf(known.getMessage());
            return new Failure(
                    known.code().name(), message, known.field(), ADVICE.get(known.code()));
        }
        Status status = error.getStatus();
        if (status.getCode() == Status.Code.UNAVAILABLE && isBroken(error)) {
            return new Failure(
                    NOT_REACHED,
                    "cannot reach Vectron at " + address + ": " + root(error),
                    null,
                    "Is it running? ./vectron up starts it; --address or VECTRON_ADDRESS names"
                            + " another one.");
        }
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            return new Failure(
                    "UNIMPLEMENTED",
                    "Vectron at " + address + " does not know this call",
                    null,
                    "It may be of another version; vectron status tells which.");
        }
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return new Failure(
                    ErrorCode.DEADLINE_EXCEEDED.name(),
                    "no answer from " + address + " in time",
                    null,
                    ADVICE.get(ErrorCode.DEADLINE_EXCEEDED));
        }
        String description = status.getDescription();
        return new Failure(
                status.getCode().name(),
                description == null ? "the call failed: " + status.getCode() : description,
                null,
                null);
    }

    /** Any other failure. */
    public static Failure of(Throwable error) {
        String message = error.getMessage();
        if (error instanceof CommandException && message != null) {
            return new Failure(OTHER, message, null, null);
        }
        if (error instanceof VectronException known) {
            return new Failure(known.code().name(), String.valueOf(message), known.field(), null);
        }
        if (error instanceof java.nio.file.NoSuchFileException) {
            return new Failure(OTHER, "no such file: " + message, null, null);
        }
        if (error instanceof java.nio.file.AccessDeniedException) {
            return new Failure(OTHER, "not allowed to read: " + message, null, null);
        }
        String name = error.getClass().getSimpleName();
        return new Failure(OTHER, message == null ? name : name + ": " + message, null, null);
    }

    /** For people, a line or two. */
    public String text() {
        String text = "vectron: " + Printable.of(message);
        return advice == null ? text : text + "\n" + advice;
    }

    /** For programs, a line. */
    public String json() {
        return JsonLine.of(json -> {
            json.writeObjectFieldStart("error");
            json.writeStringField("code", code);
            json.writeStringField("message", message);
            if (field != null) {
                json.writeStringField("field", field);
            }
            if (advice != null) {
                json.writeStringField("advice", advice);
            }
            json.writeEndObject();
        });
    }

    /** Whether there was no connection at all, as opposed to a gateway that refuses. */
    private static boolean isBroken(Throwable error) {
        return error.getCause() != null;
    }

    private static String root(Throwable error) {
        Throwable root = error;
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        if (root instanceof ConnectException) {
            return "connection refused";
        }
        if (root instanceof UnresolvedAddressException) {
            return "no such host";
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }
}
