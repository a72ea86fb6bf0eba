package io.vectron.gateway.rest.route;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.log.WriteToken;
import io.vectron.gateway.rest.RestCall;
import io.vectron.gateway.rest.Route;
import io.vectron.gateway.rest.RouteGroup;
import io.vectron.gateway.service.TraceOperations;
import io.vectron.proto.v1.TracePointRequest;
import io.vectron.proto.v1.TraceWriteRequest;
import java.io.IOException;
import java.util.List;

/** {@code vectron.v1.TraceService} over HTTP. */
public final class TraceRoutes implements RouteGroup {

    private static final String COLLECTION = "collection";
    private static final String TOKEN = "token";
    private static final String LIMIT = "limit";
    private static final String WRITE = "/v1/collections/{collection}/trace";

    private final TraceOperations traces;

    /** Serves these operations. */
    public TraceRoutes(TraceOperations traces) {
        this.traces = traces;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(WRITE, this::write, TOKEN),
                Route.get(WRITE + "/points/{id}", this::point, LIMIT));
    }

    private void write(RestCall call) throws IOException {
        String token = call.query(TOKEN);
        if (token == null) {
            throw new VectronException(
                    ErrorCode.INVALID_TOKEN, TOKEN, "the write to follow is named by its token");
        }
        TraceWriteRequest request =
                TraceWriteRequest.newBuilder()
                        .setCollection(call.parameter(COLLECTION))
                        .setToken(WriteToken.parse(token).toProto())
                        .build();
        call.answer(traces.traceWrite(request, call.deadline()));
    }

    private void point(RestCall call) throws IOException {
        TracePointRequest request =
                TracePointRequest.newBuilder()
                        .setCollection(call.parameter(COLLECTION))
                        .setId(call.parameter("id"))
                        .setLimit(call.number(LIMIT))
                        .build();
        call.answer(traces.tracePoint(request, call.deadline()));
    }
}
