package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.vectron.gateway.rest.RestServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The description of the API, to hold answers against. */
final class OpenApi {

    private static final String PLACE = "https://vectron.io/openapi";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    final String text;
    final JsonNode document;
    private final SchemaRegistry schemas;

    OpenApi() throws IOException {
        try (InputStream file = RestServer.class.getResourceAsStream("openapi.yaml")) {
            text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
        document = new YAMLMapper().readTree(text);
        schemas =
                SchemaRegistry.withDefaultDialect(
                        Dialects.getDraft202012(),
                        builder -> builder.schemas(Map.of(PLACE, document.toString())));
    }

    /** Operations by {@code METHOD path}, as the description names them. */
    SortedMap<String, JsonNode> operations() {
        SortedMap<String, JsonNode> operations = new TreeMap<>();
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (!method.getKey().equals("parameters")) {
                    operations.put(
                            method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                            method.getValue());
                }
            }
        }
        return operations;
    }

    /** Fails if a body of the operation's request is not as described. */
    void requireRequest(String operation, String body) {
        JsonNode schema = find(operation).at("/requestBody/content/application~1json/schema/$ref");
        require(schema.asString(), body);
    }

    /** Whether a body of the operation's request is as described. */
    boolean admitsRequest(String operation, String body) {
        JsonNode schema = find(operation).at("/requestBody/content/application~1json/schema/$ref");
        return schema(schema.asString()).validate(JSON.readTree(body)).isEmpty();
    }

    /** Fails if an answer of the operation is not as described for its status. */
    void requireResponse(String operation, int status, String body) {
        JsonNode responses = find(operation).get("responses");
        JsonNode response = responses.get(Integer.toString(status));
        if (response == null) {
            assertThat(status).as("only errors may stay without a name").isGreaterThan(399);
            response = responses.get("default");
        }
        if (response.has("$ref")) {
            response = document.at(response.get("$ref").asString().substring(1));
        }
        JsonNode schema = response.at("/content/application~1json/schema/$ref");
        require(schema.asString(), body);
    }

    /** The operation. */
    JsonNode find(String operation) {
        JsonNode found = operations().get(operation);
        return Objects.requireNonNull(found, operation);
    }

    private void require(String reference, String body) {
        assertThat(schema(reference).validate(JSON.readTree(body))).as(body).isEmpty();
    }

    private Schema schema(String reference) {
        return schemas.getSchema(SchemaLocation.of(PLACE + reference));
    }
}
