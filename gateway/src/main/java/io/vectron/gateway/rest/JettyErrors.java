package io.vectron.gateway.rest;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what never reaches a route, such as broken HTTP, in the form of all our errors. What
 * Jetty says about it stays in our log: it may quote the request.
 */
final class JettyErrors extends ErrorHandler {

    private static final Logger LOG = LoggerFactory.getLogger(JettyErrors.class);

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        String id = RequestId.of(request.getHeaders().get(RequestId.HEADER));
        LOG.debug("request {} is refused with {}: {}", id, status, message, cause);
        VectronException error = error(status, id);
        if (status >= 500 && status != 503) { // 503: we are stopping
            LOG.error("request {} failed with {}: {}", id, status, message, cause);
        }
        describe(response.getHeaders(), id);
        response.write(true, ByteBuffer.wrap(HttpErrors.body(error, id)), callback);
    }

    private static void describe(HttpFields.Mutable fields, String id) {
        fields.put(HttpHeader.CONTENT_TYPE, "application/json");
        fields.put(RequestId.HEADER, id);
    }

    private static VectronException error(int status, String id) {
        return switch (status) {
            case 404 -> new VectronException(ErrorCode.UNKNOWN_PATH, "there is no such path");
            case 408 -> new VectronException(ErrorCode.SLOW_REQUEST, "the request was too slow");
            case 413 -> new VectronException(ErrorCode.REQUEST_TOO_LARGE, "the body is too large");
            case 414, 431 ->
                    new VectronException(
                            ErrorCode.HEADERS_TOO_LARGE,
                            "the request's line or headers are too large");
            case 503 -> new VectronException(ErrorCode.SHUTTING_DOWN, "the gateway is stopping");
            default ->
                    status >= 500
                            ? new VectronException(
                                    ErrorCode.INTERNAL, "internal error, request " + id)
                            : new VectronException(
                                    ErrorCode.MALFORMED_REQUEST, "not HTTP as we take it");
        };
    }
}
