package io.vectron.common.log;

import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of topics and consumer groups. A topic name is never reused. */
public final class TopicNames {
    /** Compacted topic that holds the facts of every collection. */
    public static final String CATALOG = "vectron.catalog";

    private static final String PREFIX = "vectron.";
    private static final String DEAD_LETTER_SUFFIX = ".dlq";
    private static final int ID_CHARACTERS = 8;
    private static final Pattern LOG =
            Pattern.compile("vectron\\.([^.]+)\\.[0-9a-f]{8}\\.[1-9]\\d*");

    private TopicNames() {}

    /**
     * Topic of a collection's log.
     *
     * @param collection name of the collection
     * @param collectionId id of the collection
     * @param logNumber 1 at creation, one more after each reshard
     */
    public static String log(String collection, UUID collectionId, int logNumber) {
        if (collection.isEmpty()) {
            throw new IllegalArgumentException("collection name is empty");
        }
        if (logNumber < 1) {
            throw new IllegalArgumentException("log number is below 1: " + logNumber);
        }
        String id = collectionId.toString().substring(0, ID_CHARACTERS);
        return PREFIX + collection + "." + id + "." + logNumber;
    }

    /** The collection that a topic is the log of; null if it is none of ours. */
    public static @Nullable String collection(String topic) {
        Matcher match = LOG.matcher(topic);
        return match.matches() ? match.group(1) : null;
    }

    /** Topic that takes the records refused from {@code topic}. */
    public static String deadLetter(String topic) {
        return topic + DEAD_LETTER_SUFFIX;
    }

    /** Consumer group under which the applied positions of a collection are published. */
    public static String consumerGroup(String collection) {
        return PREFIX + collection;
    }
}
