package io.vectron.common.record;

import io.vectron.proto.log.v1.Payload;

/** Payloads as JSON text, in the syntax that records may use. */
public final class PayloadJson {
    private PayloadJson() {}

    /**
     * The payload as one JSON object on one line, fields in the payload's order. Times are {@code
     * {"$time":"2026-01-01T00:00:00Z"}}, places {@code {"$geo":{"lat":1.0,"lon":2.0}}}.
     */
    public static String print(Payload payload) {
        throw new UnsupportedOperationException(payload.toString());
    }
}
