package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.proto.log.v1.Metric;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way of a point over HTTP. */
@Timeout(60)
class RestTest {

    @Test
    void aPointIsWrittenReadFoundAndDeleted() throws Exception {
        try (Cluster cluster = new Cluster();
                HttpClient client = HttpClient.newHttpClient()) {
            cluster.create("films", 2, Metric.METRIC_COSINE);
            String points =
                    "http://127.0.0.1:"
                            + cluster.gateway.restPort()
                            + "/v1/collections/films/points";

            HttpResponse<String> written =
                    post(
                            client,
                            points,
                            """
                            {"points": [
                              {"id": "a/b", "vector": [1, 0.5], "payload": {"year": 1999}}
                            ]}
                            """);
            assertThat(written.statusCode()).isEqualTo(200);
            String token = written.headers().firstValue("X-Vectron-Token").orElseThrow();
            assertThat(written.body())
                    .isEqualTo("{\"results\":[{\"id\":\"a/b\",\"token\":\"" + token + "\"}]}");

            HttpResponse<String> read =
                    client.send(
                            HttpRequest.newBuilder(URI.create(points + "/a%2Fb"))
                                    .header("X-Vectron-Token", token)
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(read.body()).contains("\"vector\":[1.0,0.5],\"payload\":{\"year\":1999}");

            HttpResponse<String> found =
                    post(client, points + "/search", "{\"vector\":[1,0],\"top_k\":3}");
            assertThat(found.body()).contains("\"id\":\"a/b\"");
        }
    }

    private static HttpResponse<String> post(HttpClient client, String uri, String body)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(uri))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }
}
