package io.vectron.standalone.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionKeeperTest {
    private static final SessionKeeper.Job JOB =
            new SessionKeeper.Job("the-job", Path.of("job.jar"), List.of("--placement", "p:1"));

    private final FakeCluster cluster = new FakeCluster();
    private final SessionKeeper keeper = new SessionKeeper(JOB, cluster);
    private long now = -5_000_000_000L; // System.nanoTime may be anything

    /** Lists and takes jobs, or does neither. */
    private static final class FakeCluster implements SessionCluster {
        final List<String> jobs = new ArrayList<>();
        int submissions;
        boolean down;
        boolean refuses;
        boolean slow; // it runs what it was sent, but does not say so in time

        @Override
        public List<String> alive(String name) throws IOException {
            assertThat(name).isEqualTo("the-job");
            if (down) {
                throw new IOException("connection refused");
            }
            return List.copyOf(jobs);
        }

        @Override
        public String submit(Path jar, List<String> arguments) throws IOException {
            assertThat(jar).isEqualTo(JOB.jar());
            assertThat(arguments).isEqualTo(JOB.arguments());
            submissions++;
            if (refuses) {
                throw new IOException("no slot");
            }
            jobs.add("job-" + submissions);
            if (slow) {
                throw new IOException("timed out");
            }
            return "job-" + submissions;
        }

        @Override
        public void close() {}
    }

    @Test
    void aJobThatRunsIsLeftAlone() throws Exception {
        cluster.jobs.add("somebody's");
        lookFor(Duration.ofMinutes(5));
        assertThat(cluster.submissions).isZero();
    }

    @Test
    void aMissingJobIsSubmittedOnceAndALostOneAgain() throws Exception {
        lookFor(Duration.ofMinutes(5));
        assertThat(cluster.submissions).isEqualTo(1);
        cluster.jobs.clear();
        keeper.look(now);
        assertThat(cluster.submissions).isEqualTo(2);
    }

    @Test
    void anAnswerThatIsMissingIsNoReasonForASecondJob() throws Exception {
        cluster.slow = true;
        lookFor(Duration.ofMinutes(5));
        assertThat(cluster.submissions).isEqualTo(1);
    }

    @Test
    void aJobThatKeepsEndingIsSubmittedEverMoreSlowly() throws Exception {
        cluster.refuses = true;
        lookFor(SessionKeeper.FIRST_DELAY.minusSeconds(1));
        assertThat(cluster.submissions).isEqualTo(1);
        lookFor(Duration.ofSeconds(3));
        assertThat(cluster.submissions).isEqualTo(2);
        lookFor(Duration.ofMinutes(5));
        int early = cluster.submissions;
        assertThat(early).isLessThan(12);
        // Never less often than the longest delay says.
        lookFor(Duration.ofMinutes(10));
        assertThat(cluster.submissions - early).isBetween(9, 11);
    }

    @Test
    void aClusterThatDoesNotAnswerIsGivenNothingAndAskedLessOften() throws Exception {
        cluster.down = true;
        assertThat(keeper.look(now)).isEqualTo(SessionKeeper.LOOK);
        assertThat(keeper.look(now)).isEqualTo(SessionKeeper.LOOK.multipliedBy(2));
        lookFor(Duration.ofMinutes(10));
        assertThat(keeper.look(now)).isEqualTo(SessionKeeper.LONGEST_DELAY);
        assertThat(cluster.submissions).isZero();
        cluster.down = false;
        assertThat(keeper.look(now)).isEqualTo(SessionKeeper.LOOK);
        assertThat(cluster.submissions).isEqualTo(1);
    }

    @Test
    void whatFlinkSaysIsShortened() {
        assertThat(RestSession.reason("{\"errors\":[\"not found\"]}")).isEqualTo("not found");
        assertThat(
                        RestSession.reason(
                                "{\"errors\":[\"Internal error.\",\"a.B: x\\n\\tat a.b(C.java:1)\\n"
                                        + "Caused by: a.C: no slot\\n\\tat d.e(F.java:2)\"]}"))
                .isEqualTo("a.C: no slot");
        assertThat(RestSession.reason("<html>bad gateway</html>")).contains("bad gateway");
        assertThat(RestSession.reason("x".repeat(10_000))).hasSizeLessThan(600);
    }

    private void lookFor(Duration time) throws InterruptedException {
        long end = now + time.toNanos();
        while (now < end) {
            now += keeper.look(now).toNanos();
        }
    }
}
