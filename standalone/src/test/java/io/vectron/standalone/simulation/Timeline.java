package io.vectron.standalone.simulation;

import java.util.PriorityQueue;

/** Virtual time and what is to happen in it. */
final class Timeline {
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long sequence;

    /** Something that happens at a time; of several at one time the first planned. */
    private record Event(long atMs, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMs, other.atMs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** Milliseconds since the beginning. */
    long now() {
        return now;
    }

    /** Plans an action. */
    void in(long delayMs, Runnable action) {
        events.add(new Event(now + delayMs, sequence++, action));
    }

    /** Lets time pass; what is due happens. */
    void advance(long byMs) {
        now += byMs;
        while (!events.isEmpty() && events.peek().atMs() <= now) {
            events.remove().action().run();
        }
    }
}
