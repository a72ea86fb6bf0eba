package io.vectron.ingest.job;

import io.vectron.ingest.config.IngestConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job on the Flink environment that this program finds itself in. */
public final class Submission implements AutoCloseable {
    private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(10);

    private final JobClient client;

    private Submission(JobClient client) {
        this.client = client;
    }

    /** Whether there is no Flink around this program: the job would run within its process. */
    public static boolean alone() {
        return StreamExecutionEnvironment.getExecutionEnvironment()
                instanceof LocalStreamEnvironment;
    }

    /** Submits the job; returns when it has ended, or as Flink's client was told to. */
    public static void execute(IngestConfig config) throws Exception {
        environment(config).execute(IngestJob.NAME);
    }

    /**
     * Submits the job and goes on.
     *
     * @throws IOException if Flink does not take it
     */
    public static Submission start(IngestConfig config) throws IOException {
        try {
            return new Submission(environment(config).executeAsync(IngestJob.NAME));
        } catch (Exception e) {
            throw new IOException("the ingest job could not be submitted: " + e.getMessage(), e);
        }
    }

    /** Flink's id of the job. */
    public String id() {
        return client.getJobID().toHexString();
    }

    /** Cancels the job and waits a few seconds for its end. */
    @Override
    public void close() throws IOException {
        try {
            client.cancel().get(CANCEL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the ingest job stopped", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the ingest job did not stop in order: " + e, e);
        }
    }

    private static StreamExecutionEnvironment environment(IngestConfig config) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        new IngestJob(config).build(environment);
        return environment;
    }
}
