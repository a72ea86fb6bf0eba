package io.vectron.standalone.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.log.Partitioning;
import io.vectron.standalone.history.ModelShard.ModelReplica;
import io.vectron.standalone.history.Operation.Census;
import io.vectron.standalone.history.Operation.Member;
import io.vectron.standalone.history.Operation.Read;
import io.vectron.standalone.history.Operation.ReadOutcome;
import io.vectron.standalone.history.Operation.ReadOutcome.Answer;
import io.vectron.standalone.history.Operation.Write;
import io.vectron.standalone.history.Operation.WriteOutcome.Acknowledged;
import io.vectron.standalone.history.Operation.WriteOutcome.Unanswered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A small model of the whole: clients, logs, a job and replicas, driven by a seed and recorded as a
 * history. Its promises are those of the system, unless a bug is planted.
 */
final class ModelSystem {
    private static final int SHARDS = 2;
    private static final int KEYS = 12;
    private static final int STEPS = 600;

    private final Bug bug;
    private final Random random;
    private final History history = new History(SHARDS, 1_000_000);
    private final List<ModelShard> shards = new ArrayList<>();
    private final List<PendingWrite> pending = new ArrayList<>();
    private final Map<Integer, Long> tokens = new HashMap<>(); // latest acknowledged, by shard
    private final TreeMap<Long, List<Long>> ends = new TreeMap<>(); // by moment
    private long clock;
    private long stamps;

    /** A write that has begun, perhaps with its record. */
    private static final class PendingWrite {
        final long begun;
        final String key;
        final Change change;
        @Nullable LogRecord record;

        PendingWrite(long begun, String key, Change change) {
            this.begun = begun;
            this.key = key;
            this.change = change;
        }
    }

    /** What happened, and the log in the end. */
    record Outcome(History history, Log log) {}

    private ModelSystem(Bug bug, long seed) {
        this.bug = bug;
        this.random = new Random(seed);
        for (int shard = 0; shard < SHARDS; shard++) {
            shards.add(new ModelShard(shard, bug, random));
        }
    }

    static Outcome run(Bug bug, long seed) {
        return new ModelSystem(bug, seed).run();
    }

    private Outcome run() {
        for (int step = 0; step < STEPS; step++) {
            step();
        }
        while (!pending.isEmpty()) {
            advance();
        }
        shards.forEach(ModelShard::drain);
        read("client", new Question.All(), Map.of(), null, true);
        for (ModelShard shard : shards) {
            for (ModelReplica replica : shard.replicas) {
                direct(shard, replica, true);
            }
            census(shard);
        }
        List<LogRecord> records = new ArrayList<>();
        shards.forEach(shard -> records.addAll(shard.log));
        return new Outcome(history, Log.of(SHARDS, records));
    }

    private void step() {
        ModelShard shard = shards.get(random.nextInt(SHARDS));
        ModelReplica replica = shard.replicas.get(random.nextInt(shard.replicas.size()));
        int dice = random.nextInt(100);
        if (dice < 16) {
            begin();
        } else if (dice < 36) {
            advance();
        } else if (dice < 46) {
            shard.send();
        } else if (dice < 56) {
            shard.arrive();
        } else if (dice < 76) {
            shard.applyNext(replica);
        } else if (dice < 78) {
            shard.sync(replica);
        } else if (dice < 80) {
            shard.restart(replica);
        } else if (dice < 82) {
            shard.changeLeader();
        } else if (dice < 84) {
            cut(shard);
        } else if (dice < 86) {
            shard.decay();
        } else if (dice < 88) {
            ends.put(++clock, shards.stream().map(it -> (long) it.log.size()).toList());
        } else if (dice < 95) {
            direct(shard, replica, false);
        } else {
            ask();
        }
    }

    private void begin() {
        String key = "k" + random.nextInt(KEYS);
        Change change = random.nextInt(4) == 0 ? new Change.Delete() : new Change.Put(++stamps);
        pending.add(new PendingWrite(++clock, key, change));
    }

    /** A write reaches the log, or its client hears of that. */
    private void advance() {
        if (pending.isEmpty()) {
            return;
        }
        PendingWrite write = pending.get(random.nextInt(pending.size()));
        LogRecord record = write.record;
        if (record == null) {
            write.record = home(write.key).append(write.key, write.change);
            clock++;
            return;
        }
        pending.remove(write);
        long ended = ++clock;
        Span span = new Span(write.begun, ended);
        if (random.nextInt(10) == 0) {
            if (bug == Bug.REPEATED_APPEND) {
                home(write.key).append(write.key, write.change);
            }
            history.add(number ->
                    new Write(
                            number,
                            "writer",
                            span,
                            write.key,
                            write.change,
                            new Unanswered("no answer in time")));
            return;
        }
        Acknowledged place = new Acknowledged(record.shard(), record.offset(), ended);
        tokens.merge(record.shard(), record.offset(), Math::max);
        history.add(number -> new Write(number, "writer", span, write.key, write.change, place));
        if (bug == Bug.LOG_NOT_SYNCED && random.nextInt(20) == 0) {
            ModelShard shard = home(write.key);
            shard.log.set(
                    (int) record.offset(),
                    new LogRecord(record.shard(), record.offset(), write.key, new Change.Delete()));
        }
    }

    /** Behind the last acknowledged record: what lies there nobody was promised. */
    private void cut(ModelShard shard) {
        int kept = shard.cut((int) (tokens.getOrDefault(shard.number, -1L) + 1));
        pending.removeIf(write -> {
            LogRecord record = write.record;
            boolean lost =
                    record != null && record.shard() == shard.number && record.offset() >= kept;
            if (lost) {
                history.add(number ->
                        new Write(
                                number,
                                "writer",
                                new Span(write.begun, ++clock),
                                write.key,
                                write.change,
                                new Unanswered("the broker is gone")));
            }
            return lost;
        });
    }

    private void ask() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            keys.add("k" + random.nextInt(KEYS));
        }
        Question question =
                switch (random.nextInt(3)) {
                    case 0 -> new Question.Nearest();
                    case 1 -> new Question.All();
                    default -> new Question.Keys(keys.stream().distinct().toList());
                };
        Map<Integer, Long> floor = random.nextBoolean() ? Map.copyOf(tokens) : Map.of();
        read("client", question, floor, null, false);
    }

    private void direct(ModelShard shard, ModelReplica replica, boolean last) {
        read("poller", new Question.All(), Map.of(), new Chosen(shard, replica), last);
    }

    private record Chosen(ModelShard shard, ModelReplica replica) {}

    private void read(
            String client,
            Question question,
            Map<Integer, Long> floor,
            @Nullable Chosen chosen,
            boolean last) {
        long begun = ++clock;
        Map<Integer, Long> positions = new HashMap<>();
        List<Shown> shown = new ArrayList<>();
        boolean fresh = true;
        for (ModelShard shard : chosen == null ? shards : List.of(chosen.shard())) {
            ModelReplica replica =
                    chosen == null
                            ? shard.replicas.get(random.nextInt(shard.replicas.size()))
                            : chosen.replica();
            positions.put(shard.number, replica.position);
            fresh &= replica.position > floor.getOrDefault(shard.number, -1L);
            show(question, shard, replica, shown);
        }
        Span span = new Span(begun, ++clock);
        ReadOutcome outcome =
                fresh || bug == Bug.IGNORED_TOKEN
                        ? new Answer(
                                positions,
                                shown,
                                chosen == null ? null : chosen.replica().identity(),
                                chosen == null ? freshAsOf(positions) : Answer.NOT_SAID)
                        : new ReadOutcome.Failed("not fresh in time");
        history.add(number -> new Read(number, client, span, question, floor, last, outcome));
    }

    private void show(
            Question question, ModelShard shard, ModelReplica replica, List<Shown> shown) {
        for (LogRecord row : replica.rows.values()) {
            boolean wanted =
                    switch (question) {
                        case Question.All _ -> true;
                        case Question.Nearest _ -> random.nextBoolean();
                        case Question.Keys keys -> keys.keys().contains(row.key());
                    };
            if (wanted && row.change() instanceof Change.Put put) {
                shown.add(new Shown(shard.number, row.key(), row.offset(), put.stamp()));
            }
        }
    }

    /** The latest moment at which the log ended at or before the positions. */
    private long freshAsOf(Map<Integer, Long> positions) {
        if (bug == Bug.OPTIMISTIC_FRESHNESS) {
            return clock;
        }
        for (Map.Entry<Long, List<Long>> moment : ends.descendingMap().entrySet()) {
            List<Long> end = moment.getValue();
            if (positions.entrySet().stream()
                    .allMatch(mark -> mark.getValue() >= end.get(mark.getKey()))) {
                return moment.getKey();
            }
        }
        return Answer.NOT_SAID;
    }

    private void census(ModelShard shard) {
        List<Member> members =
                shard.replicas.stream()
                        .map(replica ->
                                new Member(
                                        replica.worker,
                                        replica.position,
                                        new TreeMap<>(replica.rows).toString()))
                        .toList();
        Span span = new Span(++clock, ++clock);
        history.add(number -> new Census(number, "census", span, shard.number, members));
    }

    private ModelShard home(String key) {
        return shards.get(Partitioning.partition(key.getBytes(UTF_8), SHARDS));
    }
}
