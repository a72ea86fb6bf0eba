package io.vectron.standalone.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedFlinkIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir Path folder;

    @Test
    void showsItsJobOnTheDashboardAndStartsWithAnEmptyFolder() throws Exception {
        Path left = Files.createDirectories(folder.resolve("flink/blobStore/job")).resolve("x.jar");
        Files.writeString(left, "left behind by kill -9");
        try (EmbeddedFlink flink = start()) {
            assertThat(left).doesNotExist();
            try (KeptJob job = flink.keep(() -> count(Long.MAX_VALUE))) {
                job.awaitRunning(DEADLINE);
                assertThat(get(flink.dashboard() + "/jobs/" + job.id())).contains("RUNNING");
                assertThat(get(flink.dashboard() + "/")).contains("Apache Flink");
            }
        }
    }

    @Test
    void aJobThatEndsIsSubmittedAgain() throws Exception {
        CountDownLatch submissions = new CountDownLatch(3);
        try (EmbeddedFlink flink = start();
                KeptJob job =
                        flink.keep(() -> {
                            submissions.countDown();
                            boolean last = submissions.getCount() == 0;
                            return count(last ? Long.MAX_VALUE : 1);
                        })) {
            assertThat(submissions.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            job.awaitRunning(DEADLINE);
            assertThat(job.submissions()).isEqualTo(3);
        }
    }

    private EmbeddedFlink start() throws Exception {
        int port = PortLayout.free().port(Part.FLINK);
        return EmbeddedFlink.start(new FlinkConfig(folder.resolve("flink"), port, 1));
    }

    private static JobGraph count(long to) {
        StreamExecutionEnvironment job = StreamExecutionEnvironment.getExecutionEnvironment();
        job.setParallelism(1);
        job.fromSequence(1, to).sinkTo(new DiscardingSink<>());
        return job.getStreamGraph().getJobGraph();
    }

    private static String get(String address) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
