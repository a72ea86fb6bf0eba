package io.vectron.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.gateway.RestClient.Answer;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.write.LogAppend;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The guide to the HTTP API names every route, and each of its examples works. */
@Timeout(60)
class RestGuideTest {

    private static final Path GUIDE = Path.of("..", "docs", "rest.md");
    private static final Pattern ROUTE =
            Pattern.compile("^\\| `((?:GET|POST|DELETE) /v1/[^ `]+)` \\|");
    private static final Pattern CURL =
            Pattern.compile(
                    "curl -s (?:-X (\\w+) )?\"?\\$V([^ \"]+)\"?"
                            + "((?: -H \"[^\"]+\")*)(?: -d '(.*)')?");

    @Test
    void everyRouteIsListedAndNoneElse() throws Exception {
        List<String> listed =
                Files.readAllLines(GUIDE).stream()
                        .map(ROUTE::matcher)
                        .filter(Matcher::find)
                        .map(line -> line.group(1))
                        .toList();
        assertThat(listed).containsExactlyInAnyOrderElementsOf(new OpenApi().operations().keySet());
    }

    @Test
    void everyExampleWorks() throws Exception {
        List<String> examples =
                Files.readAllLines(GUIDE).stream()
                        .filter(line -> line.startsWith("curl "))
                        .toList();
        String token = "";
        boolean refused = false;
        try (Cluster cluster = new Cluster();
                RestClient rest = new RestClient(cluster.gateway.restPort())) {
            for (String example : examples) {
                if (example.contains("dead-letters") && !refused) {
                    refuse(cluster);
                    refused = true;
                }
                Answer answer = run(rest, example, token);
                assertThat(answer.status())
                        .as("%s: %s", example, answer.body())
                        .isBetween(200, 201);
                token = answer.headers().getOrDefault("X-Vectron-Token", token);
            }
        }
        assertThat(examples).hasSizeGreaterThanOrEqualTo(new OpenApi().operations().size());
    }

    private static Answer run(RestClient rest, String example, String token) throws Exception {
        Matcher curl = CURL.matcher(example);
        assertThat(curl.matches()).as(example).isTrue();
        @Nullable String body = curl.group(4);
        String method = curl.group(1) != null ? curl.group(1) : body == null ? "GET" : "POST";
        String path = URI.create("/v1" + curl.group(2).replace("$TOKEN", token)).toString();
        assertThat(curl.group(3).contains("\"$J\"")).as(example).isEqualTo(body != null);
        return curl.group(3).contains("X-Vectron-Token")
                ? rest.send(method, path, body, "X-Vectron-Token", token)
                : rest.send(method, path, body);
    }

    private static void refuse(Cluster cluster) {
        String dlq = cluster.placement.record("films").getFacts().getTopic() + ".dlq";
        cluster.log.createTopic(dlq, 1);
        List<LogHeader> headers =
                List.of(
                        LogHeader.of(Headers.RULE, "vector_zero"),
                        LogHeader.of(Headers.REASON, "because"),
                        LogHeader.of(Headers.SOURCE_PARTITION, "0"),
                        LogHeader.of(Headers.SOURCE_OFFSET, "0"));
        ByteString text = ByteString.copyFromUtf8("heat");
        assertThat(cluster.log.produce(new LogAppend(dlq, 0, text, text, headers))).isZero();
    }
}
