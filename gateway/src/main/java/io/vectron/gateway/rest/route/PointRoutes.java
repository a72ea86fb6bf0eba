package io.vectron.gateway.rest.route;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.rest.RestCall;
import io.vectron.gateway.rest.Route;
import io.vectron.gateway.rest.RouteGroup;
import io.vectron.gateway.service.PointOperations;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.DeleteResponse;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.UpsertRequest;
import io.vectron.proto.v1.UpsertResponse;
import java.io.IOException;
import java.util.List;

/** {@code vectron.v1.PointService} over HTTP. */
public final class PointRoutes implements RouteGroup {

    private static final String COLLECTION = "collection";
    private static final String WITHOUT_VECTORS = "without_vectors";
    private static final String ALL = "/v1/collections/{collection}/points";
    private static final String ONE = ALL + "/{id}";

    private final PointOperations points;

    /** Serves these operations. */
    public PointRoutes(PointOperations points) {
        this.points = points;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(ALL, this::upsert),
                Route.post(ALL + "/delete", this::delete),
                Route.post(ALL + "/get", this::get),
                Route.post(ALL + "/search", this::search),
                Route.get(ONE, this::getOne, WITHOUT_VECTORS),
                Route.delete(ONE, this::deleteOne));
    }

    private void upsert(RestCall call) throws IOException {
        UpsertRequest request =
                call.read(UpsertRequest.newBuilder(), COLLECTION)
                        .setCollection(call.parameter(COLLECTION))
                        .build();
        UpsertResponse response;
        try {
            response = points.upsert(request, call.deadline());
        } catch (VectronException e) {
            throw JsonFields.of(e, request);
        }
        call.tellTokens(response.getResultsList());
        call.answer(response);
    }

    private void delete(RestCall call) throws IOException {
        DeleteRequest.Builder request = call.read(DeleteRequest.newBuilder(), COLLECTION);
        delete(call, request.setCollection(call.parameter(COLLECTION)).build());
    }

    private void deleteOne(RestCall call) throws IOException {
        delete(
                call,
                DeleteRequest.newBuilder()
                        .setCollection(call.parameter(COLLECTION))
                        .addIds(call.parameter("id"))
                        .build());
    }

    private void delete(RestCall call, DeleteRequest request) throws IOException {
        DeleteResponse response = points.delete(request, call.deadline());
        call.tellTokens(response.getResultsList());
        call.answer(response);
    }

    private void get(RestCall call) throws IOException {
        GetRequest.Builder request = call.read(GetRequest.newBuilder(), COLLECTION);
        request.setCollection(call.parameter(COLLECTION));
        ReadMode stated = request.getReadMode();
        request.setReadMode(call.readMode(stated));
        try {
            call.answer(points.get(request.build(), call.deadline()));
        } catch (VectronException e) {
            throw JsonFields.of(e, stated);
        }
    }

    private void getOne(RestCall call) throws IOException {
        String id = call.parameter("id");
        GetRequest request =
                GetRequest.newBuilder()
                        .setCollection(call.parameter(COLLECTION))
                        .addIds(id)
                        .setReadMode(call.readMode(ReadMode.getDefaultInstance()))
                        .setWithoutVectors(call.flag(WITHOUT_VECTORS))
                        .build();
        GetResponse response;
        try {
            response = points.get(request, call.deadline());
        } catch (VectronException e) {
            // The path names what a body would list.
            VectronException named = JsonFields.of(e, ReadMode.getDefaultInstance());
            throw "ids[0]".equals(named.field()) ? JsonFields.named(named, "id") : named;
        }
        if (response.getPointsCount() == 0) {
            throw new VectronException(
                    ErrorCode.POINT_NOT_FOUND, "id", "there is no point of this id");
        }
        call.answer(response);
    }

    private void search(RestCall call) throws IOException {
        SearchRequest.Builder request = call.read(SearchRequest.newBuilder(), COLLECTION);
        request.setCollection(call.parameter(COLLECTION));
        ReadMode stated = request.getReadMode();
        request.setReadMode(call.readMode(stated));
        try {
            call.answer(points.search(request.build(), call.deadline()));
        } catch (VectronException e) {
            throw JsonFields.of(e, stated);
        }
    }
}
