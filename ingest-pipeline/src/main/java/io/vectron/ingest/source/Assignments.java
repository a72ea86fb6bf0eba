package io.vectron.ingest.source;

import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.route.ShardView;
import io.vectron.ingest.route.ViewIndex;
import io.vectron.proto.log.v1.CaughtUp;
import io.vectron.proto.log.v1.Halt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which reader has which split, decided from placement's view and from what the shards say they
 * have applied. Pure: events in, steps out. Single owner: the enumerator's coordinator thread.
 *
 * <p>A shard goes {@code WAITING → ASKED → ASSIGNED}, and back to {@code WAITING} when its question
 * failed or its reader was lost. Each shard on its own: a dead or slow one delays nobody else. A
 * shard that loses state later is its lane's concern, which knows what the shard had.
 */
final class Assignments {
    /** What the enumerator must do. */
    sealed interface Step {
        /** Ask the shard for its position; answer under {@code question}. */
        record Ask(ShardView shard, long question) implements Step {}

        /** Hand the split to the reader. */
        record Assign(ShardSplit split, int reader) implements Step {}

        /** Tell the reader that the split is gone. */
        record Remove(String group, int reader) implements Step {}

        /** Tell the shard that it must stop. */
        record Report(ShardFeed feed, Halt halt) implements Step {}

        /** Tell the shard that it was at the end of its log. */
        record Tell(ShardFeed feed, CaughtUp caughtUp) implements Step {}

        /** No collection has this name any more: forget its consumer group. */
        record Forget(String collection) implements Step {}

        /** Something people must know; told once. */
        record Problem(ShardFeed feed, String message) implements Step {}
    }

    private enum State {
        WAITING,
        ASKED,
        ASSIGNED
    }

    private static final class Entry {
        ShardView shard;
        State state = State.WAITING;
        long question;
        boolean halted; // it said itself that it takes nothing more
        @Nullable String problem;
        @Nullable LogWasCut cut; // what its reader met
        final CatchingUp catchingUp = new CatchingUp();

        Entry(ShardView shard) {
            this.shard = shard;
        }
    }

    private final int parallelism;
    private final Map<String, Entry> entries = new LinkedHashMap<>(); // by group
    private final Set<Integer> readers = new HashSet<>();
    private Set<String> names = Set.of();
    private long questions;

    Assignments(int parallelism) {
        if (parallelism < 1) {
            throw new IllegalArgumentException("parallelism is below 1: " + parallelism);
        }
        this.parallelism = parallelism;
    }

    /** The reader that owns a feed: the same for every attempt, spread over all readers. */
    static int owner(ShardFeed feed, int parallelism) {
        // The partitions of one topic go to readers side by side.
        int topic = feed.topic().hashCode() * 31 + feed.generation();
        return Math.floorMod(topic + feed.partition(), parallelism);
    }

    /** A newer view. */
    List<Step> view(ViewIndex view) {
        List<Step> steps = new ArrayList<>();
        entries.entrySet()
                .removeIf(entry -> {
                    if (view.shard(entry.getKey()) != null) {
                        return false;
                    }
                    remove(entry.getValue(), steps);
                    return true;
                });
        for (ShardView shard : view.shards().values()) {
            Entry entry = entries.computeIfAbsent(shard.feed().group(), group -> new Entry(shard));
            entry.shard = shard;
        }
        for (String name : names) {
            if (!view.names().contains(name)) {
                steps.add(new Step.Forget(name));
            }
        }
        names = view.names();
        ask(steps);
        return steps;
    }

    /** Time to ask again the shards that did not answer. */
    List<Step> due() {
        List<Step> steps = new ArrayList<>();
        ask(steps);
        return steps;
    }

    /** A reader is there, with nothing assigned. */
    List<Step> readerAdded(int reader) {
        readers.add(reader);
        reset(reader);
        return due();
    }

    /** A reader was lost; what it had is asked again when it is back. */
    void readerLost(int reader) {
        readers.remove(reader);
        reset(reader);
    }

    /**
     * A shard answered, and its log was looked at since.
     *
     * @param look null if there is no such log
     */
    List<Step> answered(String group, long question, ShardPlace place, @Nullable LogLook look) {
        Entry entry = asked(group, question);
        if (entry == null) {
            return List.of();
        }
        ShardFeed feed = entry.shard.feed();
        entry.halted = false;
        if (!place.topicId().equals(feed.topicId())) {
            return problem(entry, "follows topic " + place.topicId() + ", not " + feed.topicId());
        }
        if (look == null) {
            return problem(entry, "its partition is not in Kafka, or may not be described");
        }
        Halt halt = LogVerdict.of(place, look, entry.cut);
        if (halt != null) {
            List<Step> steps = new ArrayList<>(problem(entry, "must stop: " + halt));
            steps.add(new Step.Report(feed, halt));
            return steps;
        }
        int reader = owner(feed, parallelism);
        if (!readers.contains(reader)) {
            entry.state = State.WAITING;
            return List.of();
        }
        entry.state = State.ASSIGNED;
        entry.problem = null;
        entry.cut = null;
        ShardSplit split = new ShardSplit(feed, place.position(), place.leaderEpoch());
        return List.of(new Step.Assign(split, reader));
    }

    /** A shard answered that it takes nothing more from its log. */
    List<Step> halted(String group, long question, String why) {
        Entry entry = asked(group, question);
        if (entry == null) {
            return List.of();
        }
        entry.halted = true;
        return problem(entry, why);
    }

    private @Nullable Entry asked(String group, long question) {
        Entry entry = entries.get(group);
        return entry == null || entry.state != State.ASKED || entry.question != question
                ? null
                : entry;
    }

    /** A reader gave a split up, since the log does not hold what was to be read on. */
    List<Step> cut(LogWasCut cut) {
        Entry entry = entries.get(cut.group());
        if (entry == null || entry.state != State.ASSIGNED) {
            return List.of();
        }
        entry.cut = cut;
        entry.state = State.WAITING;
        return due();
    }

    /**
     * Assigned shards and their logs were looked at again: whether their topics are still the same,
     * and whether they are at the end. What lies outside of a log, its reader finds.
     *
     * @param places by group, told before {@code looks} were taken
     */
    List<Step> watched(Map<String, ShardPlace> places, Map<String, LogLook> looks) {
        List<Step> steps = new ArrayList<>();
        for (Entry entry : entries.values()) {
            ShardFeed feed = entry.shard.feed();
            ShardPlace place = places.get(feed.group());
            LogLook look = looks.get(feed.group());
            if (entry.state != State.ASSIGNED || place == null || look == null) {
                continue;
            }
            if (!look.topicId().equals(place.topicId())) {
                Halt halt = LogVerdict.of(place, look, null);
                if (halt != null) {
                    steps.add(new Step.Problem(feed, "must stop: " + halt));
                    steps.add(new Step.Report(feed, halt));
                }
                continue;
            }
            CaughtUp news = entry.catchingUp.seen(place, look);
            if (news != null) {
                steps.add(new Step.Tell(feed, news));
            }
        }
        return steps;
    }

    /** All shards that have a reader. */
    List<ShardFeed> assignedFeeds() {
        return entries.values().stream()
                .filter(entry -> entry.state == State.ASSIGNED)
                .map(entry -> entry.shard.feed())
                .toList();
    }

    /** Shards that take nothing more from their logs. */
    int halted() {
        return (int) entries.values().stream().filter(entry -> entry.halted).count();
    }

    /** A shard could not be asked; it will be again. */
    List<Step> failed(String group, long question, String reason) {
        Entry entry = asked(group, question);
        return entry == null ? List.of() : problem(entry, reason);
    }

    /** The assigned shards of active generations: those whose positions are published. */
    List<ShardView> published() {
        return entries.values().stream()
                .filter(entry -> entry.state == State.ASSIGNED && entry.shard.active())
                .map(entry -> entry.shard)
                .toList();
    }

    int assigned() {
        return (int) entries.values().stream().filter(e -> e.state == State.ASSIGNED).count();
    }

    private void reset(int reader) {
        for (Entry entry : entries.values()) {
            if (owner(entry.shard.feed(), parallelism) == reader) {
                entry.state = State.WAITING;
            }
        }
    }

    private void ask(List<Step> steps) {
        for (Entry entry : entries.values()) {
            boolean ready = readers.contains(owner(entry.shard.feed(), parallelism));
            if (entry.state == State.WAITING && ready) {
                entry.state = State.ASKED;
                entry.question = ++questions;
                steps.add(new Step.Ask(entry.shard, entry.question));
            }
        }
    }

    private void remove(Entry entry, List<Step> steps) {
        if (entry.state == State.ASSIGNED) {
            int reader = owner(entry.shard.feed(), parallelism);
            steps.add(new Step.Remove(entry.shard.feed().group(), reader));
        }
    }

    private List<Step> problem(Entry entry, String message) {
        entry.state = State.WAITING;
        if (message.equals(entry.problem)) {
            return List.of();
        }
        entry.problem = message;
        return List.of(new Step.Problem(entry.shard.feed(), message));
    }
}
