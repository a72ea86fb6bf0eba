package io.vectron.gateway.rest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.google.protobuf.Message;
import io.vectron.common.json.MessageJson;
import java.io.IOException;
import java.io.OutputStream;

/** Writes an answer as JSON, from the message straight into the stream. */
public final class JsonResponse {

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    // Javalin closes the stream, which ends the compression.
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                    .build();

    private JsonResponse() {}

    /** A generator whose end leaves the stream open. */
    public static JsonGenerator generator(OutputStream to) throws IOException {
        return JSON.createGenerator(to);
    }

    /** Writes the message as an object, in the form of {@link MessageJson}. */
    public static void write(Message message, JsonGenerator out) throws IOException {
        MessageJson.write(message, out);
    }
}
