package io.vectron.standalone.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vectron.common.log.Partitioning;
import io.vectron.standalone.history.Operation.Census;
import io.vectron.standalone.history.Operation.Read;
import io.vectron.standalone.history.Operation.ReadOutcome.Answer;
import io.vectron.standalone.history.Operation.Write;
import io.vectron.standalone.history.Operation.WriteOutcome.Acknowledged;
import io.vectron.standalone.history.Operation.WriteOutcome.Unanswered;
import io.vectron.standalone.history.ShardSweep.Sight;
import io.vectron.standalone.history.Violation.LostFromLog;
import io.vectron.standalone.history.Violation.MembersDiffer;
import io.vectron.standalone.history.Violation.NobodysRecord;
import io.vectron.standalone.history.Violation.NotSoFresh;
import io.vectron.standalone.history.Violation.OutOfOrder;
import io.vectron.standalone.history.Violation.WentBack;
import io.vectron.standalone.history.Violation.WrittenTwice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Judges a history against the log that was read back after it. The offsets give the order of all
 * writes, so nothing has to be searched for, as a checker of linearizability must: the cost is that
 * of sorting the operations by time and position, and of one pass over them and the log.
 *
 * <p>Used once, by one thread.
 */
public final class Checker {
    private final History history;
    private final Log log;
    private final List<Write> acknowledged = new ArrayList<>();
    private final List<Read> answered = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private long total;

    /** Whose position it is. */
    private record ReplicaShard(Replica replica, int shard) {}

    private Checker(History history, Log log) {
        if (history.shards() != log.shards().size()) {
            throw new IllegalArgumentException(
                    "history of " + history.shards() + " shards, log of " + log.shards().size());
        }
        this.history = history;
        this.log = log;
    }

    /** Everything in a history that cannot be, given the log. */
    public static Verdict check(History history, Log log) {
        return new Checker(history, log).run();
    }

    private Verdict run() {
        Map<Long, Write> byStamp = new HashMap<>();
        for (Operation operation : history.operations()) {
            switch (operation) {
                case Write write -> {
                    if (write.change() instanceof Change.Put put) {
                        byStamp.put(put.stamp(), write);
                    }
                    switch (write.outcome()) {
                        case Acknowledged _ -> acknowledged.add(write);
                        case Unanswered _ -> {}
                    }
                }
                case Read read -> {
                    if (read.outcome() instanceof Answer) {
                        answered.add(read);
                    }
                }
                case Census census -> judge(census);
            }
        }
        judgeLog(byStamp);
        judgeWrites();
        judgeOrder();
        judgeFreshness();
        judgeReplicas();
        long answers = judgeAnswers();
        return new Verdict(violations, total, answers);
    }

    private void found(Violation violation) {
        total++;
        if (violations.size() < Verdict.KEPT) {
            violations.add(violation);
        }
    }

    private void judge(Census census) {
        long different =
                census.members().stream()
                        .map(member -> member.position() + " " + member.digest())
                        .distinct()
                        .count();
        if (different > 1) {
            found(new MembersDiffer(census));
        }
    }

    private void judgeLog(Map<Long, Write> byStamp) {
        Map<Long, LogRecord> first = new HashMap<>();
        for (List<LogRecord> shard : log.shards()) {
            for (LogRecord record : shard) {
                if (record.change() instanceof Change.Put put) {
                    Write write = byStamp.get(put.stamp());
                    LogRecord before = first.putIfAbsent(put.stamp(), record);
                    if (write == null || !write.key().equals(record.key())) {
                        found(new NobodysRecord(record));
                    } else if (before != null) {
                        found(new WrittenTwice(write, before, record));
                    }
                }
            }
        }
    }

    private void judgeWrites() {
        Map<Integer, Map<Long, LogRecord>> byOffset = new HashMap<>();
        for (int shard = 0; shard < log.shards().size(); shard++) {
            Map<Long, LogRecord> records = new HashMap<>();
            log.shards().get(shard).forEach(record -> records.put(record.offset(), record));
            byOffset.put(shard, records);
        }
        for (Write write : acknowledged) {
            Acknowledged place = place(write);
            LogRecord record = byOffset.getOrDefault(place.shard(), Map.of()).get(place.offset());
            if (record == null
                    || !record.key().equals(write.key())
                    || !record.change().equals(write.change())) {
                found(new LostFromLog(write));
            }
        }
    }

    private void judgeOrder() {
        group(acknowledged, write -> place(write).shard())
                .values()
                .forEach(shard -> {
                    var items =
                            shard.stream()
                                    .map(write ->
                                            new Precedence.Item<>(
                                                    write, write.span(), place(write).offset()))
                                    .toList();
                    Precedence.inversions(items, true)
                            .forEach(pair -> found(new OutOfOrder(pair.earlier(), pair.later())));
                });
    }

    /** What was acknowledged before the moment that an answer names must be in it. */
    private void judgeFreshness() {
        List<Read> fresh = new ArrayList<>(answered);
        fresh.removeIf(read -> answer(read).freshAsOfMicros() == Answer.NOT_SAID);
        fresh.sort(Comparator.comparingLong(read -> answer(read).freshAsOfMicros()));
        List<Write> writes = new ArrayList<>(acknowledged);
        writes.sort(Comparator.comparingLong(write -> place(write).atMicros()));
        Map<Integer, Write> furthest = new HashMap<>();
        int done = 0;
        for (Read read : fresh) {
            Answer answer = answer(read);
            while (done < writes.size()
                    && place(writes.get(done)).atMicros() < answer.freshAsOfMicros()) {
                Write write = writes.get(done);
                furthest.merge(
                        place(write).shard(),
                        write,
                        (a, b) -> place(a).offset() > place(b).offset() ? a : b);
                done++;
            }
            answer.watermarks()
                    .forEach((shard, position) -> {
                        Write write = furthest.get(shard);
                        if (write != null && position <= place(write).offset()) {
                            found(new NotSoFresh(read, write));
                        }
                    });
        }
    }

    /** The position of a replica, from start to end of its process, and of its membership. */
    private void judgeReplicas() {
        Map<ReplicaShard, List<Precedence.Item<Read>>> seen = new HashMap<>();
        for (Read read : answered) {
            @Nullable Replica replica = answer(read).replica();
            if (replica != null) {
                answer(read)
                        .watermarks()
                        .forEach((shard, position) ->
                                seen.computeIfAbsent(
                                                new ReplicaShard(replica, shard),
                                                any -> new ArrayList<>())
                                        .add(new Precedence.Item<>(read, read.span(), position)));
            }
        }
        seen.forEach((key, items) ->
                Precedence.inversions(items, false)
                        .forEach(pair ->
                                found(new WentBack(key.shard(), pair.earlier(), pair.later()))));
    }

    private long judgeAnswers() {
        Map<Integer, List<Sight>> sights = new HashMap<>();
        long answers = 0;
        for (Read read : answered) {
            Answer answer = answer(read);
            Map<Integer, List<Shown>> shown = group(answer.shown(), Shown::shard);
            Map<Integer, List<String>> keys =
                    read.question() instanceof Question.Keys asked
                            ? group(asked.keys(), this::home)
                            : Map.of();
            for (Map.Entry<Integer, Long> mark : answer.watermarks().entrySet()) {
                int shard = mark.getKey();
                sights.computeIfAbsent(shard, any -> new ArrayList<>())
                        .add(
                                new Sight(
                                        read,
                                        mark.getValue(),
                                        shown.getOrDefault(shard, List.of()),
                                        keys.getOrDefault(shard, List.of())));
                answers++;
            }
        }
        sights.forEach((shard, seen) -> new ShardSweep(shard, log, this::found).judge(seen));
        return answers;
    }

    private int home(String key) {
        return Partitioning.partition(key.getBytes(UTF_8), history.shards());
    }

    private static Acknowledged place(Write write) {
        if (write.outcome() instanceof Acknowledged place) {
            return place;
        }
        throw new IllegalStateException("not acknowledged: " + write);
    }

    private static Answer answer(Read read) {
        if (read.outcome() instanceof Answer answer) {
            return answer;
        }
        throw new IllegalStateException("no answer: " + read);
    }

    private static <K, T> Map<K, List<T>> group(List<T> all, Function<T, K> key) {
        Map<K, List<T>> groups = new HashMap<>();
        all.forEach(
                one -> groups.computeIfAbsent(key.apply(one), any -> new ArrayList<>()).add(one));
        return groups;
    }
}
