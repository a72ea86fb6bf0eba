package io.vectron.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.vectron.proto.v1.DeadLetter;
import io.vectron.proto.v1.RecordHeader;
import java.io.IOException;
import java.util.Base64;

/** Dead letters for programs. */
public final class LetterJson {
    private LetterJson() {}

    /** Writes the fields of a letter that are there. */
    public static void write(DeadLetter letter, JsonGenerator json) throws IOException {
        json.writeStringField("id", letter.getId());
        json.writeStringField("state", Names.of(letter.getState(), "DEAD_LETTER_STATE_"));
        json.writeStringField("rule", letter.getRule());
        json.writeStringField("reason", letter.getReason());
        if (letter.hasRejectedAt()) {
            json.writeStringField("rejected_at", Names.time(letter.getRejectedAt()));
        }
        if (letter.hasSource()) {
            json.writeStringField("source", Names.token(letter.getSource()));
        }
        if (letter.hasLoggedAt()) {
            json.writeStringField("logged_at", Names.time(letter.getLoggedAt()));
        }
        if (letter.hasKey()) {
            json.writeStringField("key", base64(letter.getKey()));
        }
        if (!letter.getPointId().isEmpty()) {
            json.writeStringField("point_id", letter.getPointId());
        }
        if (letter.hasReplacedVersion()) {
            json.writeNumberField("replaced_version", letter.getReplacedVersion());
        }
        if (letter.hasValueBytes()) {
            json.writeNumberField("value_bytes", letter.getValueBytes());
        }
        json.writeBooleanField("value_omitted", letter.getValueOmitted());
        if (letter.hasValue()) {
            json.writeStringField("value", base64(letter.getValue()));
        }
        if (letter.getHeadersCount() > 0) {
            json.writeArrayFieldStart("headers");
            for (RecordHeader header : letter.getHeadersList()) {
                json.writeStartObject();
                json.writeStringField("key", header.getKey());
                json.writeStringField("value", base64(header.getValue()));
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeNumberField("retries", letter.getRetries());
        if (!letter.getRetryOf().isEmpty()) {
            json.writeStringField("retry_of", letter.getRetryOf());
        }
        if (letter.hasRetriedAs()) {
            json.writeStringField("retried_as", Names.token(letter.getRetriedAs()));
        }
        if (letter.hasSettledAt()) {
            json.writeStringField("settled_at", Names.time(letter.getSettledAt()));
        }
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
