package io.vectron.gateway.service;

import com.google.protobuf.MessageLite;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;

/** What one request may hold. */
final class RequestLimits {

    private RequestLimits() {}

    /** Refuses a request of more than 8 MiB: REQUEST_TOO_LARGE. */
    static void requireSize(MessageLite request) {
        int bytes = request.getSerializedSize();
        if (bytes > Limits.REQUEST_BYTES) {
            throw new VectronException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "the request has " + bytes + " bytes; at most " + Limits.REQUEST_BYTES);
        }
    }

    /** Refuses no points and more than 1,000: NO_POINTS, TOO_MANY_POINTS. */
    static void requireCount(int count, String field) {
        if (count == 0) {
            throw new VectronException(ErrorCode.NO_POINTS, field, field + " is empty");
        }
        if (count > Limits.POINTS_PER_REQUEST) {
            throw new VectronException(
                    ErrorCode.TOO_MANY_POINTS,
                    field,
                    field + " has " + count + " elements; at most " + Limits.POINTS_PER_REQUEST);
        }
    }
}
