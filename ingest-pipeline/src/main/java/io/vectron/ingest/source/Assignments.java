package io.vectron.ingest.source;

import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.route.ShardView;
import io.vectron.ingest.route.ViewIndex;
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
        @Nullable String problem;

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
     * A shard answered.
     *
     * @param topicId topic that the shard follows
     * @param position what it has applied
     */
    List<Step> answered(String group, long question, String topicId, long position) {
        Entry entry = entries.get(group);
        if (entry == null || entry.state != State.ASKED || entry.question != question) {
            return List.of();
        }
        ShardFeed feed = entry.shard.feed();
        if (!topicId.equals(feed.topicId())) {
            return problem(entry, "follows topic " + topicId + ", not " + feed.topicId());
        }
        int reader = owner(feed, parallelism);
        if (!readers.contains(reader)) {
            entry.state = State.WAITING;
            return List.of();
        }
        entry.state = State.ASSIGNED;
        entry.problem = null;
        return List.of(new Step.Assign(new ShardSplit(feed, position), reader));
    }

    /** A shard could not be asked; it will be again. */
    List<Step> failed(String group, long question, String reason) {
        Entry entry = entries.get(group);
        if (entry == null || entry.state != State.ASKED || entry.question != question) {
            return List.of();
        }
        return problem(entry, reason);
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
