package io.vectron.gateway.rest.route;

import io.vectron.gateway.rest.RestCall;
import io.vectron.gateway.rest.Route;
import io.vectron.gateway.rest.RouteGroup;
import io.vectron.gateway.service.CollectionOperations;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.GetCollectionIndexRequest;
import io.vectron.proto.v1.ListCollectionsRequest;
import io.vectron.proto.v1.RebuildCollectionRequest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code vectron.v1.CollectionService} over HTTP. */
public final class CollectionRoutes implements RouteGroup {

    private static final String ALL = "/v1/collections";
    private static final String ONE = ALL + "/{collection}";
    private static final String SAMPLE = "sample";

    private final CollectionOperations collections;

    /** Serves these operations. */
    public CollectionRoutes(CollectionOperations collections) {
        this.collections = collections;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(ALL, this::create),
                Route.get(ALL, this::list),
                Route.get(ONE, this::describe),
                Route.get(ONE + "/index", this::index, SAMPLE),
                Route.post(ONE + "/rebuild", this::rebuild),
                Route.delete(ONE, this::delete));
    }

    private void create(RestCall call) throws IOException {
        CreateCollectionRequest request = call.read(CreateCollectionRequest.newBuilder()).build();
        var created = collections.create(request, call.deadline());
        String name = URLEncoder.encode(request.getName(), StandardCharsets.UTF_8);
        call.setHeader("Location", ALL + "/" + name);
        call.answer(201, created);
    }

    private void list(RestCall call) throws IOException {
        call.answer(collections.list(ListCollectionsRequest.getDefaultInstance(), call.deadline()));
    }

    private void describe(RestCall call) throws IOException {
        DescribeCollectionRequest request =
                DescribeCollectionRequest.newBuilder()
                        .setName(call.parameter("collection"))
                        .build();
        call.answer(collections.describe(request, call.deadline()));
    }

    private void index(RestCall call) throws IOException {
        GetCollectionIndexRequest request =
                GetCollectionIndexRequest.newBuilder()
                        .setName(call.parameter("collection"))
                        .setSample(call.number(SAMPLE))
                        .build();
        call.answer(collections.index(request, call.deadline()));
    }

    private void rebuild(RestCall call) throws IOException {
        RebuildCollectionRequest.Builder request = RebuildCollectionRequest.newBuilder();
        call.read(request, "name").setName(call.parameter("collection"));
        call.answer(collections.rebuild(request.build(), call.deadline()));
    }

    private void delete(RestCall call) throws IOException {
        DeleteCollectionRequest request =
                DeleteCollectionRequest.newBuilder().setName(call.parameter("collection")).build();
        call.answer(collections.delete(request, call.deadline()));
    }
}
