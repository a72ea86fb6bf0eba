package io.vectron.common.log;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a collection's log. A read satisfies it when its watermark is larger than the offset.
 * Kafka's own acknowledgement tells a plain producer the same.
 *
 * <p>Text form: {@code <topic>/<partition>/<offset>[/<leader epoch>]}, where {@code <topic>} is
 * Kafka's topic id, or the topic's name, or {@code <name>:<id>}. A name of ours contains a dot,
 * Kafka's ids never do.
 *
 * @param topicId Kafka's id of the topic as Kafka prints it; null if only the name is known
 * @param topic name of the topic; null if only the id is known
 * @param partition partition of the topic
 * @param offset offset of the record
 * @param leaderEpoch leader epoch of the partition when it was written; null if unknown
 */
public record WriteToken(
        @Nullable String topicId,
        @Nullable String topic,
        int partition,
        long offset,
        @Nullable Integer leaderEpoch) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");
    private static final Pattern NAME = Pattern.compile("(?=.*\\.)[A-Za-z0-9._-]{1,249}");
    private static final Pattern TEXT =
            Pattern.compile(
                    "(?:([A-Za-z0-9_-]{22})|([A-Za-z0-9._-]{1,249})(?::([A-Za-z0-9_-]{22}))?)"
                            + "/(\\d{1,10})/(\\d{1,19})(?:/(\\d{1,10}))?");

    public WriteToken {
        if (topicId == null && topic == null) {
            throw new IllegalArgumentException("neither topic id nor topic is given");
        }
        if (topicId != null && !ID.matcher(topicId).matches()) {
            throw new IllegalArgumentException("not a topic id: " + topicId);
        }
        if (topic != null && !NAME.matcher(topic).matches()) {
            throw new IllegalArgumentException("not the name of a collection's topic: " + topic);
        }
        if (partition < 0) {
            throw new IllegalArgumentException("partition is negative: " + partition);
        }
        if (offset < 0) {
            throw new IllegalArgumentException("offset is negative: " + offset);
        }
        if (leaderEpoch != null && leaderEpoch < 0) {
            throw new IllegalArgumentException("leader epoch is negative: " + leaderEpoch);
        }
    }

    /** The token of a record whose topic's id is known; the leader epoch is not. */
    public static WriteToken ofId(String topicId, int partition, long offset) {
        return new WriteToken(topicId, null, partition, offset, null);
    }

    /** The token that a plain producer makes of Kafka's acknowledgement. */
    public static WriteToken ofTopic(String topic, int partition, long offset) {
        return new WriteToken(null, topic, partition, offset, null);
    }

    /** Whether a shard whose watermark is {@code position} includes this write. */
    public boolean satisfiedBy(long position) {
        return position > offset;
    }

    /**
     * Reads the text form.
     *
     * @throws VectronException INVALID_TOKEN
     */
    public static WriteToken parse(String text) {
        Matcher match = TEXT.matcher(text);
        if (!match.matches()) {
            throw invalid("not of the form <topic>/<partition>/<offset>[/<epoch>]: " + text);
        }
        String id = match.group(1) != null ? match.group(1) : match.group(3);
        String epoch = match.group(6);
        try {
            return new WriteToken(
                    id,
                    match.group(2),
                    Integer.parseInt(match.group(4)),
                    Long.parseLong(match.group(5)),
                    epoch == null ? null : Integer.valueOf(epoch));
        } catch (IllegalArgumentException e) {
            throw invalid(text + ": " + e.getMessage());
        }
    }

    /**
     * Reads the token of a request.
     *
     * @throws VectronException INVALID_TOKEN
     */
    public static WriteToken of(io.vectron.proto.v1.WriteToken token) {
        try {
            return new WriteToken(
                    token.getTopicId().isEmpty() ? null : token.getTopicId(),
                    token.getTopic().isEmpty() ? null : token.getTopic(),
                    token.getPartition(),
                    token.getOffset(),
                    token.hasLeaderEpoch() ? token.getLeaderEpoch() : null);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    /** The token as the public API sends it. */
    public io.vectron.proto.v1.WriteToken toProto() {
        io.vectron.proto.v1.WriteToken.Builder token =
                io.vectron.proto.v1.WriteToken.newBuilder()
                        .setPartition(partition)
                        .setOffset(offset);
        if (topicId != null) {
            token.setTopicId(topicId);
        }
        if (topic != null) {
            token.setTopic(topic);
        }
        if (leaderEpoch != null) {
            token.setLeaderEpoch(leaderEpoch);
        }
        return token.build();
    }

    /** The text form. */
    @Override
    public String toString() {
        String where =
                topic == null
                        ? String.valueOf(topicId)
                        : topicId == null ? topic : topic + ":" + topicId;
        String token = where + "/" + partition + "/" + offset;
        return leaderEpoch == null ? token : token + "/" + leaderEpoch;
    }

    private static VectronException invalid(String why) {
        return new VectronException(ErrorCode.INVALID_TOKEN, "token", "invalid token: " + why);
    }
}
