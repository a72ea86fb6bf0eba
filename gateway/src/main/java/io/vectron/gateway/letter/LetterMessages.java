package io.vectron.gateway.letter;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.vectron.common.log.WriteToken;
import io.vectron.gateway.letter.DlqRecord.Letter;
import io.vectron.gateway.letter.DlqRecord.Settlement;
import io.vectron.gateway.letter.LetterPages.Standing;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.proto.v1.DeadLetter;
import io.vectron.proto.v1.DeadLetterState;
import io.vectron.proto.v1.RecordHeader;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Letters as the public API shows them. Pure. */
public final class LetterMessages {

    private LetterMessages() {}

    /** A letter without its value and headers. */
    public static DeadLetter.Builder summary(Standing standing, CollectionRoute route) {
        Letter letter = standing.letter();
        DeadLetter.Builder message =
                DeadLetter.newBuilder()
                        .setId(letter.id().toString())
                        .setState(state(standing.settlement()))
                        .setRule(letter.rule())
                        .setReason(letter.reason())
                        .setRejectedAt(timestamp(letter.rejectedAt()))
                        .setSource(
                                new WriteToken(
                                                route.topicId(),
                                                route.topic(),
                                                letter.source().partition(),
                                                letter.source().offset(),
                                                null)
                                        .toProto())
                        .setLoggedAt(timestamp(letter.source().loggedAt()))
                        .setPointId(pointId(letter, route))
                        .setRetries(letter.retries())
                        .setRetryOf(letter.retryOf());
        ByteString key = letter.key();
        if (key != null) {
            message.setKey(key);
        }
        Long replaced = letter.replacedVersion();
        if (replaced != null) {
            message.setReplacedVersion(replaced);
        }
        addValueSize(message, letter);
        Settlement settlement = standing.settlement();
        if (settlement != null) {
            message.setSettledAt(timestamp(settlement.at()));
            WriteToken token = settlement.retriedAs();
            if (token != null) {
                message.setRetriedAs(token.toProto());
            }
        }
        return message;
    }

    /** A letter with its value and headers. */
    public static DeadLetter full(Standing standing, CollectionRoute route) {
        DeadLetter.Builder message = summary(standing, route);
        ByteString value = standing.letter().value();
        if (value != null) {
            message.setValue(value);
        }
        for (LogHeader header : standing.letter().headers()) {
            RecordHeader.Builder shown = RecordHeader.newBuilder().setKey(header.name());
            ByteString text = header.value();
            message.addHeaders(text == null ? shown : shown.setValue(text));
        }
        return message.build();
    }

    /** The id that a point of this letter's key has; "" if none can have it. */
    public static String pointId(Letter letter, CollectionRoute route) {
        return pointId(letter.key(), route);
    }

    /** The id that a point of this key has; "" if none can have it. */
    public static String pointId(@Nullable ByteString key, CollectionRoute route) {
        if (key == null
                || key.isEmpty()
                || key.byteAt(0) == 0
                || key.size() > route.facts().getLimits().getIdBytes()
                || !key.isValidUtf8()) {
            return "";
        }
        return key.toString(UTF_8);
    }

    /** An instant as a message. */
    public static Timestamp timestamp(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }

    private static void addValueSize(DeadLetter.Builder message, Letter letter) {
        Long omitted = letter.omittedBytes();
        ByteString value = letter.value();
        if (omitted != null) {
            message.setValueOmitted(true).setValueBytes(omitted);
        } else if (value != null) {
            message.setValueBytes(value.size());
        }
    }

    private static DeadLetterState state(@Nullable Settlement settlement) {
        if (settlement == null) {
            return DeadLetterState.DEAD_LETTER_STATE_OPEN;
        }
        return settlement.retriedAs() == null
                ? DeadLetterState.DEAD_LETTER_STATE_DROPPED
                : DeadLetterState.DEAD_LETTER_STATE_RETRIED;
    }
}
