package io.vectron.gateway.rest.route;

import com.google.protobuf.Timestamp;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.rest.RestCall;
import io.vectron.gateway.rest.Route;
import io.vectron.gateway.rest.RouteGroup;
import io.vectron.gateway.service.DeadLetterOperations;
import io.vectron.proto.v1.DeadLetterFilter;
import io.vectron.proto.v1.DropDeadLettersRequest;
import io.vectron.proto.v1.GetDeadLetterRequest;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.RetryDeadLettersRequest;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

/** {@code vectron.v1.DeadLetterService} over HTTP. */
public final class DeadLetterRoutes implements RouteGroup {

    private static final String COLLECTION = "collection";
    private static final String RULES = "rules";
    private static final String SINCE = "since";
    private static final String UNTIL = "until";
    private static final String SETTLED = "include_settled";
    private static final String PAGE_SIZE = "page_size";
    private static final String PAGE_TOKEN = "page_token";
    private static final String ALL = "/v1/collections/{collection}/dead-letters";

    private final DeadLetterOperations letters;

    /** Serves these operations. */
    public DeadLetterRoutes(DeadLetterOperations letters) {
        this.letters = letters;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(ALL, this::list, RULES, SINCE, UNTIL, SETTLED, PAGE_SIZE, PAGE_TOKEN),
                Route.post(ALL + "/retry", this::retry),
                Route.post(ALL + "/drop", this::drop),
                Route.get(ALL + "/{id}", this::show));
    }

    private void list(RestCall call) throws IOException {
        DeadLetterFilter.Builder filter =
                DeadLetterFilter.newBuilder().setIncludeSettled(call.flag(SETTLED));
        String rules = call.query(RULES);
        if (rules != null) {
            filter.addAllRules(List.of(rules.split(",", -1)));
        }
        String since = call.query(SINCE);
        if (since != null) {
            filter.setSince(time(SINCE, since));
        }
        String until = call.query(UNTIL);
        if (until != null) {
            filter.setUntil(time(UNTIL, until));
        }
        String token = call.query(PAGE_TOKEN);
        ListDeadLettersRequest request =
                ListDeadLettersRequest.newBuilder()
                        .setCollection(call.parameter(COLLECTION))
                        .setFilter(filter)
                        .setPageSize(call.number(PAGE_SIZE))
                        .setPageToken(token == null ? "" : token)
                        .build();
        call.answer(letters.list(request, call.deadline()));
    }

    private void show(RestCall call) throws IOException {
        GetDeadLetterRequest request =
                GetDeadLetterRequest.newBuilder()
                        .setCollection(call.parameter(COLLECTION))
                        .setId(call.parameter("id"))
                        .build();
        call.answer(letters.get(request, call.deadline()));
    }

    private void retry(RestCall call) throws IOException {
        RetryDeadLettersRequest.Builder request =
                call.read(RetryDeadLettersRequest.newBuilder(), COLLECTION);
        request.setCollection(call.parameter(COLLECTION));
        call.answer(letters.retry(request.build(), call.deadline()));
    }

    private void drop(RestCall call) throws IOException {
        DropDeadLettersRequest.Builder request =
                call.read(DropDeadLettersRequest.newBuilder(), COLLECTION);
        request.setCollection(call.parameter(COLLECTION));
        call.answer(letters.drop(request.build(), call.deadline()));
    }

    private static Timestamp time(String name, String text) {
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            return Timestamp.newBuilder()
                    .setSeconds(time.getEpochSecond())
                    .setNanos(time.getNano())
                    .build();
        } catch (DateTimeException e) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    name,
                    name + " must be a time of RFC 3339, such as 2026-01-01T00:00:00Z");
        }
    }
}
