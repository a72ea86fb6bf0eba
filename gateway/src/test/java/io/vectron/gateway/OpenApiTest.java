package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.limit.Limits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The description is complete, and served with a page to read it. */
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class OpenApiTest {

    private final HttpClient client = HttpClient.newHttpClient();
    private OpenApi api;
    private Cluster cluster;

    @BeforeAll
    void start() throws Exception {
        api = new OpenApi();
        cluster = new Cluster();
    }

    @AfterAll
    void stop() {
        cluster.close();
        client.close();
    }

    @Test
    void everyRouteIsDescribedAndNothingElse() {
        List<String> routes =
                cluster.gateway.restRoutes().stream()
                        .map(route -> route.method() + " " + route.path())
                        .toList();
        assertThat(routes).containsExactlyInAnyOrderElementsOf(api.operations().keySet());
    }

    @Test
    void everyQueryParameterIsDescribedAndNoneElse() {
        for (var route : cluster.gateway.restRoutes()) {
            JsonNode operation = api.find(route.method() + " " + route.path());
            List<String> described = new ArrayList<>();
            for (JsonNode parameter : operation.get("parameters")) {
                JsonNode one =
                        parameter.has("$ref")
                                ? api.document.at(parameter.get("$ref").asString().substring(1))
                                : parameter;
                if (one.get("in").asString().equals("query")) {
                    described.add(one.get("name").asString());
                }
            }
            List<String> known = new ArrayList<>(route.parameters());
            known.add("timeout_ms");
            assertThat(described).as(route.path()).containsExactlyInAnyOrderElementsOf(known);
        }
    }

    @Test
    void everyErrorCodeIsDescribed() {
        List<String> described = new ArrayList<>();
        api.document
                .at("/components/schemas/ErrorCode/enum")
                .forEach(one -> described.add(one.asString()));
        assertThat(described)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ErrorCode.values())
                                .map(ErrorCode::name)
                                .collect(Collectors.toList()));
    }

    @Test
    void theLimitsAreThoseThatHold() {
        JsonNode schemas = api.document.at("/components/schemas");
        assertThat(schemas.at("/SearchRequest/properties/top_k/maximum").asInt())
                .isEqualTo(Limits.TOP_K);
        assertThat(schemas.at("/SearchRequest/properties/ef/maximum").asInt()).isEqualTo(Limits.EF);
        assertThat(schemas.at("/UpsertRequest/properties/points/maxItems").asInt())
                .isEqualTo(Limits.POINTS_PER_REQUEST);
        assertThat(schemas.at("/PointIds/maxItems").asInt()).isEqualTo(Limits.POINTS_PER_REQUEST);
        assertThat(schemas.at("/VectorSpec/properties/dimension/maximum").asInt())
                .isEqualTo(Limits.DIMENSION);
        assertThat(schemas.at("/Vector/oneOf/0/maxItems").asInt()).isEqualTo(Limits.DIMENSION);
        assertThat(schemas.at("/PointId/maxLength").asInt()).isEqualTo(Limits.ID_BYTES);
        assertThat(schemas.at("/CreateCollectionRequest/properties/shards/maximum").asInt())
                .isEqualTo(Limits.SHARDS);
    }

    @Test
    void theDescriptionIsServed() throws Exception {
        HttpResponse<String> answer = get("/openapi.yaml");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/yaml"));
        assertThat(answer.body()).isEqualTo(api.text);
    }

    @Test
    void thePageLoadsNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = get("/docs");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'");
        assertThat(page.body()).doesNotContain("http:").doesNotContain("https:");
        for (String file :
                List.of("swagger-ui.css", "swagger-ui-bundle.js", "docs.js", "favicon-32x32.png")) {
            assertThat(get("/docs/" + file).statusCode()).as(file).isEqualTo(200);
        }
        assertThat(get("/docs/docs.js").body()).contains("/openapi.yaml");
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + cluster.gateway.restPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
