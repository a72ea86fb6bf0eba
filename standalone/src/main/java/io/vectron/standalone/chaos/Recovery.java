package io.vectron.standalone.chaos;

import io.vectron.standalone.history.Operation.Read;
import io.vectron.standalone.history.Operation.ReadOutcome.Answer;
import io.vectron.standalone.history.Question;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Measures how long a cluster needs to work again. Used by one thread at a time. */
final class Recovery {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration VISIBLE_LIMIT = Duration.ofMinutes(2);
    private static final Duration WHOLE_LIMIT = Duration.ofMinutes(4);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final String CLIENT = "probe";

    private final Subject subject;
    private final Recorder recorder;
    private final Members members;
    private final ChaosCluster cluster;
    private final int replicas;

    /**
     * @param replicas members that each shard has
     */
    Recovery(
            Subject subject,
            Recorder recorder,
            Members members,
            ChaosCluster cluster,
            int replicas) {
        this.subject = subject;
        this.recorder = recorder;
        this.members = members;
        this.cluster = cluster;
        this.replicas = replicas;
    }

    /**
     * Writes a row to each shard and waits until one search shows them all.
     *
     * @return offsets of the rows, by shard
     */
    Map<Integer, Long> awaitVisible() throws NotRecoveredException, InterruptedException {
        long deadline = System.nanoTime() + VISIBLE_LIMIT.toNanos();
        List<String> keys = Values.oneOfEach(CLIENT, subject.shards());
        Map<Integer, Long> offsets = new HashMap<>();
        String last = "no write was acknowledged";
        while (System.nanoTime() < deadline) {
            List<String> missing = new ArrayList<>(keys);
            missing.removeIf(key -> offsets.containsKey(Values.home(key, subject.shards())));
            if (!missing.isEmpty()) {
                offsets.putAll(recorder.put(CLIENT, missing, PATIENCE));
            }
            if (offsets.size() == subject.shards()) {
                Read read = recorder.read(CLIENT, new Question.All(), offsets, 1, false, PATIENCE);
                if (read.outcome() instanceof Answer) {
                    return offsets;
                }
                last = read.toString();
            }
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        }
        throw new NotRecoveredException(
                "written rows are not visible after " + VISIBLE_LIMIT.toSeconds() + " s: " + last);
    }

    /** Waits until every process is ready and every member of every shard is at these offsets. */
    void awaitWhole(Map<Integer, Long> offsets)
            throws NotRecoveredException, InterruptedException, IOException {
        long deadline = System.nanoTime() + WHOLE_LIMIT.toNanos();
        String lacks = members.lacks(replicas, offsets);
        if (lacks.isEmpty()) {
            lacks = cluster.lacks();
        }
        while (!lacks.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new NotRecoveredException(
                        "not whole after " + WHOLE_LIMIT.toSeconds() + " s: " + lacks);
            }
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            lacks = members.lacks(replicas, offsets);
            if (lacks.isEmpty()) {
                lacks = cluster.lacks();
            }
        }
    }
}
