package io.vectron.standalone.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The job's metrics, as Flink's REST API shows them: some seconds old. */
final class FlinkMetrics implements AutoCloseable {
    private static final Pattern JOB = Pattern.compile("\"id\":\"(\\w{32})\",\"status\":\"RUNN");
    private static final Pattern VERTEX = Pattern.compile("\"id\":\"(\\w{32})\",\"slotSharing");
    private static final Pattern OURS = Pattern.compile("\"id\":\"([^\"]*\\.vectron\\.[^\"]*)\"");
    private static final Pattern VALUE = Pattern.compile("\"value\":\"([^\"]*)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final String jobs;

    FlinkMetrics(PortLayout ports) {
        jobs = "http://" + ports.address(Part.FLINK) + "/jobs";
    }

    /** Names of our metrics that Flink has gathered so far. */
    List<String> names() throws Exception {
        List<String> names = new ArrayList<>();
        Matcher metric = OURS.matcher(get(task() + "/metrics"));
        while (metric.find()) {
            names.add(metric.group(1));
        }
        return names;
    }

    /** The only metric whose name ends so, as soon as Flink has gathered it. */
    String named(String end) throws Exception {
        return Await.value(
                        "a metric ..." + end,
                        () -> names().stream().filter(name -> name.endsWith(end)).toList(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    /** The newest value that Flink has gathered; empty if it has none. */
    String value(String name) throws Exception {
        Matcher value = VALUE.matcher(get(task() + "/metrics?get=" + name));
        return value.find() ? value.group(1) : "";
    }

    private String task() throws Exception {
        List<String> urls = new ArrayList<>();
        Matcher job = JOB.matcher(get(jobs));
        while (job.find()) {
            Matcher vertex = VERTEX.matcher(get(jobs + "/" + job.group(1)));
            while (vertex.find()) {
                urls.add(jobs + "/" + job.group(1) + "/vertices/" + vertex.group(1));
            }
        }
        assertThat(urls).as("one chained task").hasSize(1);
        return urls.getFirst();
    }

    private String get(String url) throws Exception {
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(URI.create(url)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(url + ": " + answer.body()).isEqualTo(200);
        return answer.body();
    }

    @Override
    public void close() {
        http.close();
    }
}
