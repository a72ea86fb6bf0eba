package io.vectron.standalone.system;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every job that the cluster has ever run, and every attempt of its tasks, as Flink's REST API
 * tells it. Two that are equal mean that nothing was restarted in between.
 *
 * @param lines a job or an attempt each
 */
record JobHistory(List<String> lines) {
    private static final Pattern JOB =
            Pattern.compile("\"id\":\"(\\w{32})\",\"status\":\"(\\w+)\"");
    private static final Pattern VERTEX = Pattern.compile("\"id\":\"(\\w{32})\",\"slotSharing");
    private static final Pattern ATTEMPT =
            Pattern.compile(
                    "\"subtask\":\\d+,\"status\":\"\\w+\",\"attempt\":\\d+|\"start-time\":\\d+");

    JobHistory {
        lines = List.copyOf(lines);
    }

    /** The history until now; it holds one running job with at least one attempt, or this fails. */
    static JobHistory of(PortLayout ports) throws Exception {
        String root = "http://" + ports.address(Part.FLINK);
        List<String> lines = new ArrayList<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            Matcher job = JOB.matcher(read(http, root + "/jobs"));
            int attempts = 0;
            while (job.find()) {
                lines.add("job " + job.group(1) + " " + job.group(2));
                String url = root + "/jobs/" + job.group(1);
                Matcher vertex = VERTEX.matcher(read(http, url));
                while (vertex.find()) {
                    Matcher attempt =
                            ATTEMPT.matcher(read(http, url + "/vertices/" + vertex.group(1)));
                    while (attempt.find()) {
                        attempts++;
                        lines.add(vertex.group(1) + " " + attempt.group());
                    }
                }
            }
            long running = lines.stream().filter(line -> line.endsWith(" RUNNING")).count();
            if (running != 1 || attempts == 0) {
                throw new AssertionError("not one running job: " + lines);
            }
        }
        return new JobHistory(lines);
    }

    private static String read(HttpClient http, String url) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60)).build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new AssertionError(url + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }
}
