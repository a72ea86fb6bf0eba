package io.vectron.placement.kafka;

import io.vectron.common.limit.Limits;
import io.vectron.proto.log.v1.History;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What Kafka is told about our topics. Pure. */
public final class TopicSettings {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration DAY = Duration.ofDays(1);

    /** The largest record, and room for its headers and for Kafka's framing. */
    private static final int MESSAGE_BYTES = Limits.RECORD_BYTES + 124 * 1024;

    /** A dead letter is an original record, whatever it was, with a few headers more. */
    private static final int DEAD_LETTER_BYTES = MESSAGE_BYTES + 64 * 1024;

    private static final int MOST_REPLICAS = 3;

    private TopicSettings() {}

    /** Replicas of every topic: three where there are as many brokers. */
    public static short replicas(int brokers) {
        if (brokers < 1) {
            throw new IllegalArgumentException("no broker: " + brokers);
        }
        return (short) Math.min(MOST_REPLICAS, brokers);
    }

    /**
     * A collection's topic.
     *
     * @param overrides settings that replace ours
     */
    public static Map<String, String> log(
            History history, int brokers, Map<String, String> overrides) {
        Map<String, String> settings = common(brokers, MESSAGE_BYTES);
        switch (history) {
            case HISTORY_COMPACT, HISTORY_UNSPECIFIED -> {
                settings.put("cleanup.policy", "compact");
                settings.put("delete.retention.ms", ms(WEEK));
                settings.put("min.compaction.lag.ms", ms(DAY));
                settings.put("max.compaction.lag.ms", ms(WEEK));
                settings.put("segment.ms", ms(DAY));
            }
            case HISTORY_FULL -> {
                settings.put("cleanup.policy", "delete");
                settings.put("retention.ms", "-1");
                settings.put("retention.bytes", "-1");
            }
            case UNRECOGNIZED -> throw new IllegalArgumentException("unknown history");
        }
        settings.putAll(overrides);
        return Map.copyOf(settings);
    }

    /** A dead-letter topic. */
    public static Map<String, String> deadLetters(int brokers) {
        Map<String, String> settings = common(brokers, DEAD_LETTER_BYTES);
        settings.put("cleanup.policy", "delete");
        settings.put("retention.ms", ms(WEEK));
        return Map.copyOf(settings);
    }

    /** The catalogue. */
    public static Map<String, String> catalogue(int brokers) {
        Map<String, String> settings = common(brokers, MESSAGE_BYTES);
        settings.put("cleanup.policy", "compact");
        settings.put("delete.retention.ms", ms(WEEK));
        return Map.copyOf(settings);
    }

    private static Map<String, String> common(int brokers, int messageBytes) {
        Map<String, String> settings = new HashMap<>();
        settings.put("message.timestamp.type", "LogAppendTime");
        settings.put("max.message.bytes", Integer.toString(messageBytes));
        settings.put("unclean.leader.election.enable", "false");
        settings.put("min.insync.replicas", brokers >= MOST_REPLICAS ? "2" : "1");
        return settings;
    }

    private static String ms(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
