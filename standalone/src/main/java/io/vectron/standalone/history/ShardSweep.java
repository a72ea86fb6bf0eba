package io.vectron.standalone.history;

import io.vectron.standalone.history.Operation.Read;
import io.vectron.standalone.history.Violation.BelowToken;
import io.vectron.standalone.history.Violation.BeyondTheLog;
import io.vectron.standalone.history.Violation.Invented;
import io.vectron.standalone.history.Violation.Missing;
import io.vectron.standalone.history.Violation.NotAtTheEnd;
import io.vectron.standalone.history.Violation.Overtaken;
import io.vectron.standalone.history.Violation.Risen;
import io.vectron.standalone.history.Violation.ShownTwice;
import io.vectron.standalone.history.Violation.TooEarly;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges what was seen of one shard. The log is gone through once, and at each position the answers
 * that say they belong to it are compared with the state there. So an answer of a higher position
 * that shows an older version of a key cannot pass either. Used once, by one thread.
 */
final class ShardSweep {
    private final int shard;
    private final List<LogRecord> log;
    private final long end;
    private final Consumer<Violation> found;
    private final Map<Long, LogRecord> byOffset = new HashMap<>();
    private final Map<String, LogRecord> newest = new HashMap<>(); // below the position, of a key
    private int live; // keys whose newest record is no deletion

    /**
     * What one answer shows of this shard.
     *
     * @param keys those asked for that live here; empty for any other question
     */
    record Sight(Read read, long position, List<Shown> shown, List<String> keys) {}

    ShardSweep(int shard, Log log, Consumer<Violation> found) {
        this.shard = shard;
        this.log = log.shards().get(shard);
        this.end = log.ends().get(shard);
        this.found = found;
        this.log.forEach(record -> byOffset.put(record.offset(), record));
    }

    void judge(List<Sight> sights) {
        int applied = 0;
        for (Sight sight :
                sights.stream().sorted(Comparator.comparingLong(Sight::position)).toList()) {
            while (applied < log.size() && log.get(applied).offset() < sight.position()) {
                apply(log.get(applied));
                applied++;
            }
            judge(sight);
        }
    }

    private void apply(LogRecord record) {
        LogRecord before = newest.put(record.key(), record);
        live += (isPut(record) ? 1 : 0) - (before != null && isPut(before) ? 1 : 0);
    }

    private void judge(Sight sight) {
        Read read = sight.read();
        if (sight.position() > end) {
            found.accept(new BeyondTheLog(read, shard, sight.position(), end));
        } else if (read.last() && sight.position() < end) {
            found.accept(new NotAtTheEnd(read, shard, sight.position(), end));
        }
        Long floor = read.floor().get(shard);
        if (floor != null && sight.position() <= floor) {
            found.accept(new BelowToken(read, shard, floor, sight.position()));
        }
        Set<String> keys = new HashSet<>();
        for (Shown shown : sight.shown()) {
            if (keys.add(shown.key())) {
                judge(sight, shown);
            } else {
                found.accept(new ShownTwice(read, shown));
            }
        }
        switch (read.question()) {
            case Question.Nearest _ -> {}
            case Question.Keys _ -> sight.keys().forEach(key -> require(sight, keys, key));
            case Question.All _ -> {
                // Looking for what is missing costs a look at every key, so only if something is.
                if (keys.stream().filter(this::lives).count() < live) {
                    newest.keySet().forEach(key -> require(sight, keys, key));
                }
            }
        }
    }

    private void judge(Sight sight, Shown shown) {
        LogRecord source = byOffset.get(shown.version());
        if (source == null
                || !source.key().equals(shown.key())
                || !(source.change() instanceof Change.Put put)
                || put.stamp() != shown.stamp()) {
            found.accept(new Invented(sight.read(), shown));
            return;
        }
        if (shown.version() >= sight.position()) {
            found.accept(new TooEarly(sight.read(), shown, sight.position()));
            return;
        }
        // There is one: the source lies below the position.
        LogRecord current = newest.getOrDefault(shown.key(), source);
        if (current.offset() != shown.version()) {
            found.accept(
                    isPut(current)
                            ? new Overtaken(sight.read(), shown, current)
                            : new Risen(sight.read(), shown, current));
        }
    }

    private void require(Sight sight, Set<String> keys, String key) {
        @Nullable LogRecord current = newest.get(key);
        if (current != null && isPut(current) && !keys.contains(key)) {
            found.accept(new Missing(sight.read(), current, sight.position()));
        }
    }

    private boolean lives(String key) {
        @Nullable LogRecord current = newest.get(key);
        return current != null && isPut(current);
    }

    private static boolean isPut(LogRecord record) {
        return switch (record.change()) {
            case Change.Put _ -> true;
            case Change.Delete _ -> false;
        };
    }
}
