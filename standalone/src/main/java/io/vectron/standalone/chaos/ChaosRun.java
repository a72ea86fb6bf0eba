package io.vectron.standalone.chaos;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.CollectionServiceGrpc;
import io.vectron.proto.v1.CollectionServiceGrpc.CollectionServiceBlockingStub;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.standalone.history.Checker;
import io.vectron.standalone.history.History;
import io.vectron.standalone.history.Log;
import io.vectron.standalone.history.Operation;
import io.vectron.standalone.history.Question;
import io.vectron.standalone.history.Verdict;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Faults under load, judged. Each run has a collection of its own, which is written, read and
 * broken for some minutes; then all is quiet, and its history is compared with its log. Used by one
 * thread; {@link #progress} by any.
 */
public final class ChaosRun {
    private static final int REPLICAS = 3;
    private static final int KEYS_A_SHARD = 60;

    /** Operations and points of answers: some hundred megabytes. */
    private static final long HISTORY_LIMIT = 6_000_000;

    /** So many faults in turn that do not fit in the time that is left: it is over. */
    private static final int MISFITS = 20;

    private static final Duration ROUND = Duration.ofMinutes(5);
    private static final Duration ADMIN_PATIENCE = Duration.ofSeconds(60);
    private static final Duration READ_PATIENCE = Duration.ofSeconds(30);
    private static final Duration QUIET_LIMIT = Duration.ofMinutes(1);

    private final ChaosCluster cluster;
    private final Settings settings;
    private final Consumer<String> told;
    private final Map<FaultKind, Tally> tallies = new EnumMap<>(FaultKind.class);
    private final Tally calm = new Tally();
    private final long begunNanos = System.nanoTime();

    // Of the runs that are over.
    private int runs;
    private long writes;
    private long reads;
    private long answers;
    private long violations;
    private @Nullable Verdict verdict;
    private @Nullable Path file;
    private @Nullable String trouble;

    // For those who watch.
    private final AtomicLong operationsBefore = new AtomicLong();
    private final AtomicInteger faults = new AtomicInteger();
    private volatile @Nullable History current;

    /**
     * How it is to be.
     *
     * @param seed of the load; that of the faults is their source's
     * @param shards of the collection
     * @param length for which faults begin
     * @param files where histories are kept that cannot be
     */
    public record Settings(long seed, int shards, Duration length, Path files) {
        /** Refuses what cannot be run. */
        public Settings {
            if (shards < 1 || !length.isPositive()) {
                throw new IllegalArgumentException("shards " + shards + ", length " + length);
            }
        }
    }

    /**
     * Faults to a cluster that serves.
     *
     * @param told of what is being done, for people
     */
    public ChaosRun(ChaosCluster cluster, Settings settings, Consumer<String> told) {
        this.cluster = cluster;
        this.settings = settings;
        this.told = told;
    }

    /**
     * How far it is.
     *
     * @param elapsed since it was made
     */
    public record Progress(Duration elapsed, long operations, int faults) {}

    /** How far it is. */
    public Progress progress() {
        History now = current;
        return new Progress(
                Duration.ofNanos(System.nanoTime() - begunNanos),
                operationsBefore.get() + (now == null ? 0 : now.size()),
                faults.get());
    }

    /**
     * Does faults one after another until there are no more or their time is over, and judges what
     * clients saw.
     *
     * @throws IOException if the runs cannot be judged
     */
    public Outcome run(Iterator<Fault> source) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + settings.length().toNanos();
        try (Channels channels = new Channels()) {
            do {
                round(channels, source, deadline);
            } while (trouble == null
                    && violations == 0
                    && source.hasNext()
                    && System.nanoTime() < deadline);
        }
        Map<FaultKind, Tally.Figures> figures = new HashMap<>();
        tallies.forEach((kind, tally) -> figures.put(kind, tally.figures()));
        return new Outcome(
                runs,
                writes,
                reads,
                answers,
                violations,
                verdict,
                file,
                trouble,
                figures,
                calm.figures());
    }

    private void round(Channels channels, Iterator<Fault> source, long deadline)
            throws IOException, InterruptedException {
        Subject subject = create(channels, "chaos-" + (runs + 1));
        History history = new History(subject.shards(), HISTORY_LIMIT);
        current = history;
        Recorder recorder = new Recorder(channels, subject, history);
        Members members = new Members(channels, subject, recorder, history);
        Recovery recovery = new Recovery(subject, recorder, members, cluster, REPLICAS);
        long end = Math.min(deadline, System.nanoTime() + ROUND.toNanos());
        try (Load load =
                new Load(subject, recorder, members, history, cluster::incarnation, calm)) {
            recovery.awaitWhole(recovery.awaitVisible());
            load.start(settings.seed() + runs);
            Injector injector = new Injector(cluster, members, recovery, subject.shards(), told);
            int tooLong = 0;
            while (source.hasNext() && tooLong < MISFITS && !history.full()) {
                tooLong = harm(injector, source.next(), load, end) ? 0 : tooLong + 1;
            }
        } catch (NotRecoveredException e) {
            trouble = String.valueOf(e.getMessage());
            told.accept(trouble);
        }
        judge(subject, recorder, members, recovery, history);
        if (trouble == null && violations == 0) {
            var _ =
                    collections(channels, subject.gateway())
                            .deleteCollection(
                                    DeleteCollectionRequest.newBuilder()
                                            .setName(subject.name())
                                            .build());
        }
    }

    /** False if the fault would last beyond the time. */
    private boolean harm(Injector injector, Fault fault, Load load, long end)
            throws IOException, NotRecoveredException, InterruptedException {
        Duration length = fault.quiet().plus(fault.kind().length());
        if (System.nanoTime() + length.toNanos() > end) {
            return false;
        }
        TimeUnit.NANOSECONDS.sleep(fault.quiet().toNanos());
        Tally tally = tallies.computeIfAbsent(fault.kind(), any -> new Tally());
        tally.begun();
        faults.incrementAndGet();
        load.countIn(tally);
        injector.run(fault, tally);
        load.countIn(calm);
        return true;
    }

    private Subject create(Channels channels, String name)
            throws IOException, InterruptedException {
        PortLayout ports = cluster.place().ports();
        Address gateway = new Address(PortLayout.HOST, ports.port(Part.GATEWAY));
        List<Address> workers = new ArrayList<>();
        for (int worker = 1; worker <= cluster.workers(); worker++) {
            workers.add(new Address(PortLayout.HOST, ports.port(Part.worker(worker).grpc())));
        }
        Collection made = create(channels, gateway, name);
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < settings.shards() * KEYS_A_SHARD; i++) {
            keys.add("key-" + i);
        }
        return new Subject(
                name,
                made.getFacts().getId(),
                made.getFacts().getTopic(),
                settings.shards(),
                keys,
                gateway,
                workers);
    }

    /** The workers may not all be known yet. */
    private Collection create(Channels channels, Address gateway, String name)
            throws IOException, InterruptedException {
        CreateCollectionRequest request =
                CreateCollectionRequest.newBuilder()
                        .setName(name)
                        .addVectors(
                                VectorSpec.newBuilder()
                                        .setDimension(Values.DIMENSION)
                                        .setMetric(Metric.METRIC_EUCLIDEAN))
                        .setShards(settings.shards())
                        .setReplicationFactor(REPLICAS)
                        .build();
        long deadline = System.nanoTime() + ADMIN_PATIENCE.toNanos();
        while (true) {
            try {
                return collections(channels, gateway).createCollection(request).getCollection();
            } catch (StatusRuntimeException e) {
                boolean fewWorkers = e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
                if (!fewWorkers || System.nanoTime() > deadline) {
                    throw new IOException(name + " cannot be created", e);
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    private void judge(
            Subject subject, Recorder recorder, Members members, Recovery recovery, History history)
            throws IOException, InterruptedException {
        told.accept("judging " + history.size() + " operations of " + subject.name());
        String kafka = cluster.place().kafka();
        if (trouble == null) {
            try {
                lookAtTheEnd(subject, recorder, members, recovery);
            } catch (NotRecoveredException e) {
                trouble = "at the end: " + e.getMessage();
                told.accept(trouble);
            }
        }
        Log log = LogReadback.read(kafka, subject.topic(), subject.shards());
        Verdict found = Checker.check(history, log);
        if (!found.clean()) {
            file = settings.files().resolve("history-" + (runs + 1) + ".jsonl");
            HistoryFile.write(file, found, history, log);
        }
        verdict = found;
        runs++;
        for (Operation operation : history.operations()) {
            switch (operation) {
                case Operation.Write _ -> writes++;
                case Operation.Read _ -> reads++;
                case Operation.Census _ -> {}
            }
        }
        operationsBefore.addAndGet(history.size());
        current = null;
        answers += found.answers();
        violations += found.total();
    }

    /** Nobody writes any more: everything must be everywhere. */
    private void lookAtTheEnd(
            Subject subject, Recorder recorder, Members members, Recovery recovery)
            throws IOException, NotRecoveredException, InterruptedException {
        Map<Integer, Long> offsets = new HashMap<>();
        List<Long> ends =
                LogReadback.ends(cluster.place().kafka(), subject.topic(), subject.shards());
        for (int shard = 0; shard < ends.size(); shard++) {
            if (ends.get(shard) > 0) {
                offsets.put(shard, ends.get(shard) - 1);
            }
        }
        recovery.awaitWhole(offsets);
        String client = "judge";
        List<Question> questions =
                List.of(
                        new Question.All(),
                        new Question.Nearest(),
                        new Question.Keys(subject.keys()));
        for (Question question : questions) {
            Operation.Read read = recorder.read(client, question, offsets, 0, true, READ_PATIENCE);
            if (read.outcome() instanceof Operation.ReadOutcome.Failed failed) {
                throw new NotRecoveredException("a read fails: " + failed.reason());
            }
        }
        long deadline = System.nanoTime() + QUIET_LIMIT.toNanos();
        for (int worker = 0; worker < cluster.workers(); worker++) {
            int here = members.of(worker).size();
            while (members.look(worker, cluster::incarnation, true) < here) {
                if (System.nanoTime() > deadline) {
                    throw new NotRecoveredException(
                            "worker " + (worker + 1) + " does not answer for all its replicas");
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        members.census();
    }

    private static CollectionServiceBlockingStub collections(Channels channels, Address gateway) {
        return CollectionServiceGrpc.newBlockingStub(channels.to(gateway))
                .withDeadlineAfter(ADMIN_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
