package io.vectron.standalone.flink;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job that is meant to run for ever. Flink restarts its tasks by itself; when the job as a whole
 * ends, this submits it again. Nothing is lost by that: where to read on is what the replicas have
 * applied, not what the job remembers.
 */
public final class KeptJob implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeptJob.class);
    private static final Duration SUBMIT_DEADLINE = Duration.ofSeconds(60);
    private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(30);
    private static final long FIRST_RESUBMIT_DELAY_MS = 500;
    private static final long LONGEST_RESUBMIT_DELAY_MS = 30_000;
    private static final Duration LONG_RUN = Duration.ofMinutes(1);
    private static final long POLL_MS = 25;

    private final MiniCluster cluster;
    private final Supplier<JobGraph> job;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread keeper;
    private volatile JobID id;
    private final AtomicInteger submissions = new AtomicInteger(1);

    private KeptJob(MiniCluster cluster, Supplier<JobGraph> job, JobID first) {
        this.cluster = cluster;
        this.job = job;
        this.id = first;
        this.keeper = Thread.ofPlatform().name("flink-job-keeper").daemon().unstarted(this::keep);
    }

    static KeptJob submit(MiniCluster cluster, Supplier<JobGraph> job) throws IOException {
        KeptJob kept = new KeptJob(cluster, job, submitOnce(cluster, job));
        kept.keeper.start();
        return kept;
    }

    /** Flink's id of the current submission, 32 hexadecimal digits. */
    public String id() {
        return id.toHexString();
    }

    /** How often the job was submitted. */
    public int submissions() {
        return submissions.get();
    }

    /** Waits until every task of the job runs. */
    public void awaitRunning(Duration deadline) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        while (!running()) {
            if (System.nanoTime() > end) {
                throw new IOException(
                        "the ingest job does not run after " + deadline.toSeconds() + " s");
            }
            try {
                if (closing.await(POLL_MS, TimeUnit.MILLISECONDS)) {
                    throw new IOException("the ingest job is being stopped");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the ingest job started", e);
            }
        }
    }

    /** Cancels the job and waits until it has ended. */
    @Override
    public void close() throws IOException {
        closing.countDown();
        try {
            CompletableFuture<JobResult> end = cluster.requestJobResult(id);
            cluster.cancelJob(id).get(CANCEL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            end.get(CANCEL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            keeper.join(CANCEL_DEADLINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the ingest job stopped", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the ingest job did not stop in order: " + e, e);
        }
    }

    private boolean running() throws IOException {
        try {
            if (cluster.getJobStatus(id).get(5, TimeUnit.SECONDS) != JobStatus.RUNNING) {
                return false;
            }
            AccessExecutionGraph graph = cluster.getExecutionGraph(id).get(5, TimeUnit.SECONDS);
            for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
                if (task.getExecutionState() != ExecutionState.RUNNING) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking for the ingest job", e);
        } catch (ExecutionException | TimeoutException e) {
            log.debug("state of the ingest job is not known yet", e);
            return false;
        }
    }

    private void keep() {
        long delayMs = FIRST_RESUBMIT_DELAY_MS;
        while (true) {
            long began = System.nanoTime();
            String end = awaitEnd();
            boolean ranLong = System.nanoTime() - began > LONG_RUN.toNanos();
            delayMs =
                    ranLong
                            ? FIRST_RESUBMIT_DELAY_MS
                            : Math.min(2 * delayMs, LONGEST_RESUBMIT_DELAY_MS);
            try {
                if (closing.await(delayMs, TimeUnit.MILLISECONDS)) {
                    return;
                }
                log.warn("ingest job ended ({}): submitting it again", end);
                id = submitOnce(cluster, job);
                submissions.incrementAndGet();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (IOException e) {
                log.error("ingest job could not be submitted; trying again", e);
            }
        }
    }

    private String awaitEnd() {
        try {
            JobResult result = cluster.requestJobResult(id).get();
            return result.getSerializedThrowable().map(Throwable::toString).orElse("no error");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        }
    }

    private static JobID submitOnce(MiniCluster cluster, Supplier<JobGraph> job)
            throws IOException {
        try {
            return cluster.submitJob(job.get())
                    .get(SUBMIT_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                    .getJobID();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the ingest job was submitted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the ingest job could not be submitted: " + e, e);
        }
    }
}
