package io.vectron.placement.run;

import io.vectron.placement.config.PlanSettings;
import io.vectron.placement.kafka.TopicAdmin;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.DeadLetters;
import io.vectron.placement.plan.Plans;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.placement.state.Signal;
import io.vectron.proto.log.v1.CollectionState;
import io.vectron.proto.log.v1.ForgetTopic;
import io.vectron.proto.log.v1.MemberChange;
import io.vectron.proto.log.v1.PlacementEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's loop. One thread compares what is recorded with what is under way, and gives each
 * collection that has a plan, each dead-letter topic that is due, and each worker that has
 * registered, a virtual thread of its own; it never waits for any of them. It sleeps until
 * something changes or a topic falls due, and does nothing while another member leads.
 *
 * <p>A job of a lost leadership is interrupted, and the same key starts again only when its former
 * job has ended: each collection has one owner at any time. So is the job of a worker that
 * registers again: it starts anew.
 */
public final class Reconciler implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final ReplicatedCatalog catalog;
    private final Actions actions;
    private final TopicAdmin topics;
    private final CommandLog commands;
    private final PlanSettings settings;
    private final int deadLetterLimit;
    private final Semaphore slots;
    private final PlanRun.Counts counts = new PlanRun.Counts();
    private final Semaphore restoreSlots; // of their own: plans do not queue behind lost disks
    private final Signal signal = new Signal();
    private final Thread loop;
    private final Map<String, Running> jobs = new HashMap<>(); // loop thread only
    private final @Nullable Upkeep upkeep;
    private long nextLookNanos = System.nanoTime(); // loop thread only
    private final Map<String, ReplicaRun> registered = new ConcurrentHashMap<>(); // by worker

    /**
     * @param topics deletes dead-letter topics that are due
     * @param deadLetterLimit dead-letter topics that may wait for their time
     */
    public Reconciler(
            ReplicatedCatalog catalog,
            Actions actions,
            TopicAdmin topics,
            CommandLog commands,
            PlanSettings settings,
            int deadLetterLimit) {
        this(catalog, actions, topics, commands, settings, deadLetterLimit, null);
    }

    /**
     * @param upkeep looks after the members of shards; null leaves them as they are
     */
    public Reconciler(
            ReplicatedCatalog catalog,
            Actions actions,
            TopicAdmin topics,
            CommandLog commands,
            PlanSettings settings,
            int deadLetterLimit,
            @Nullable Upkeep upkeep) {
        this.upkeep = upkeep;
        this.catalog = catalog;
        this.actions = actions;
        this.topics = topics;
        this.commands = commands;
        this.settings = settings;
        this.deadLetterLimit = deadLetterLimit;
        this.slots = new Semaphore(settings.actionsAtOnce(), true);
        this.restoreSlots = new Semaphore(settings.actionsAtOnce(), true);
        this.loop = Thread.ofPlatform().name("placement-reconcile").unstarted(this::loop);
    }

    /** Begins. To be called once. */
    public void start() {
        catalog.listen(signal::raise);
        loop.start();
    }

    /** Creations given up by this node since its start. */
    public double givenUp() {
        return counts.givenUp().get();
    }

    /** Actions of plans that failed on this node since its start, to be tried again. */
    public double retries() {
        return counts.retries().get();
    }

    /** A worker has registered: sees that it has its replicas. Any thread may call. */
    public void registered(String worker) {
        registered.put(
                worker, new ReplicaRun(worker, catalog::cluster, actions, settings, restoreSlots));
        signal.raise();
    }

    /** Interrupts what is under way and waits for it, some seconds at most; plans go on later. */
    @Override
    public void close() {
        loop.interrupt();
        try {
            loop.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        try {
            while (true) {
                long seen = signal.count();
                jobs.values().removeIf(Running::hasEnded);
                registered.values().removeIf(ReplicaRun::finished);
                long waitNanos = Signal.FOREVER_NANOS;
                if (catalog.leads()) {
                    waitNanos = Math.min(reconcile(catalog.cluster()), keepUp());
                } else {
                    jobs.values().forEach(Running::interrupt);
                }
                signal.await(seen, waitNanos);
            }
        } catch (InterruptedException closing) {
            stopJobs();
        }
    }

    /** Looks after the members when it is time; returns the time until the next look. */
    private long keepUp() {
        if (upkeep == null) {
            return Signal.FOREVER_NANOS;
        }
        long left = nextLookNanos - System.nanoTime();
        if (left <= 0) {
            nextLookNanos = System.nanoTime() + upkeep.pause().toNanos();
            startJob("upkeep", upkeep::look);
            left = upkeep.pause().toNanos();
        }
        for (CatalogEntry entry : catalog.cluster().collections().values()) {
            if (entry.state() == CollectionState.COLLECTION_STATE_READY) {
                for (MemberChange change : entry.changes()) {
                    startJob(ChangeRun.key(entry.id(), change), upkeep.job(entry.id(), change));
                }
            }
        }
        return left;
    }

    /** Starts what should be under way; returns the time until something falls due. */
    private long reconcile(Cluster cluster) {
        for (CatalogEntry entry : cluster.collections().values()) {
            if (Plans.next(entry) != null) {
                PlanRun plan =
                        new PlanRun(
                                entry.id(),
                                catalog::cluster,
                                actions,
                                commands,
                                settings,
                                slots,
                                counts);
                startJob("plan-" + entry.id(), plan::run);
            }
        }
        registered.values().forEach(this::restore);
        long nowMs = commands.nowMs();
        long nextMs = Long.MAX_VALUE;
        List<DeadLetters> waiting = new ArrayList<>(cluster.deadLetters().values());
        waiting.sort(Comparator.comparingLong(DeadLetters::deleteAfterMs));
        int tooMany = waiting.size() - deadLetterLimit;
        for (int i = 0; i < waiting.size(); i++) {
            DeadLetters topic = waiting.get(i);
            if (i < tooMany || topic.deleteAfterMs() <= nowMs) {
                startJob("retire-" + topic.topic(), () -> retire(topic.topic()));
            } else {
                nextMs = Math.min(nextMs, topic.deleteAfterMs());
            }
        }
        return nextMs == Long.MAX_VALUE
                ? Signal.FOREVER_NANOS
                : TimeUnit.MILLISECONDS.toNanos(nextMs - nowMs);
    }

    private void restore(ReplicaRun newest) {
        String key = "restore-" + newest.worker();
        Running former = jobs.get(key);
        if (former == null) {
            startJob(key, newest);
        } else if (former.job() != newest) {
            former.interrupt(); // the newest starts when it has ended
        }
    }

    private void retire(String topic) throws InterruptedException {
        Backoff backoff = new Backoff(settings.firstRetry(), settings.longestRetry());
        while (true) {
            TopicAdmin.Result result;
            slots.acquire();
            try {
                result = topics.deleteDeadLetters(topic);
            } finally {
                slots.release();
            }
            if (result instanceof TopicAdmin.Result.Done) {
                Outcome outcome =
                        commands.propose(
                                PlacementEntry.newBuilder()
                                        .setForgetTopic(ForgetTopic.newBuilder().setTopic(topic)));
                if (!(outcome instanceof Outcome.Unavailable)) {
                    return;
                }
            } else {
                log.warn("dead letters {} are not deleted yet: {}", topic, result);
            }
            Thread.sleep(backoff.pause());
        }
    }

    private void startJob(String key, Job job) {
        jobs.computeIfAbsent(
                key,
                name -> {
                    CountDownLatch ended = new CountDownLatch(1);
                    Thread thread =
                            Thread.ofVirtual().name(name).start(() -> runJob(name, job, ended));
                    return new Running(job, thread, ended);
                });
    }

    private void runJob(String name, Job job, CountDownLatch ended) {
        try {
            job.run();
        } catch (InterruptedException stopped) {
            log.debug("{} stops, to be taken up again", name);
        } catch (RuntimeException defect) {
            log.error("{} broke", name, defect);
            pauseAfterDefect();
        } finally {
            ended.countDown(); // before the signal: the loop must not find the thread still alive
            signal.raise(); // this job has ended: look whether it must start again
        }
    }

    private void pauseAfterDefect() {
        try {
            Thread.sleep(settings.longestRetry());
        } catch (InterruptedException stopped) {
            log.debug("stops after a defect");
        }
    }

    private void stopJobs() {
        jobs.values().forEach(Running::interrupt);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_TIMEOUT_MS);
        for (Running job : jobs.values()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            try {
                if (leftMs > 0) {
                    job.thread().join(leftMs);
                }
            } catch (InterruptedException again) {
                return; // whoever closes us is in a hurry; nothing is lost
            }
        }
    }

    /** What a job does. */
    @FunctionalInterface
    interface Job {
        void run() throws InterruptedException;
    }

    /** A job that was started. */
    private record Running(Job job, Thread thread, CountDownLatch ended) {
        boolean hasEnded() {
            return ended.getCount() == 0;
        }

        void interrupt() {
            thread.interrupt();
        }
    }
}
