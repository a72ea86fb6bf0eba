package io.vectron.common.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** In which format a record's value is written. */
enum ValueFormat {
    JSON,
    PROTOBUF,
    /** The record does not say. */
    UNSTATED;

    private static final byte[] JSON_TYPE = io.vectron.common.log.Headers.JSON.getBytes(UTF_8);
    private static final byte[] PROTOBUF_TYPE =
            io.vectron.common.log.Headers.PROTOBUF.getBytes(UTF_8);

    /**
     * What header {@code content-type} says.
     *
     * @throws RuleException CONTENT_TYPE_UNSUPPORTED
     */
    static ValueFormat stated(Headers headers) {
        Header header = headers.lastHeader(io.vectron.common.log.Headers.CONTENT_TYPE);
        if (header == null) {
            return UNSTATED;
        }
        byte[] value = header.value() == null ? new byte[0] : header.value();
        if (Arrays.equals(value, PROTOBUF_TYPE)) {
            return PROTOBUF;
        }
        if (Arrays.equals(value, JSON_TYPE)) {
            return JSON;
        }
        String text = new String(value, UTF_8);
        int parameters = text.indexOf(';');
        String type = parameters < 0 ? text : text.substring(0, parameters);
        return switch (type.strip().toLowerCase(Locale.ROOT)) {
            case io.vectron.common.log.Headers.JSON -> JSON;
            case io.vectron.common.log.Headers.PROTOBUF,
                    io.vectron.common.log.Headers.PROTOBUF_SHORT ->
                    PROTOBUF;
            default ->
                    throw new RuleException(
                            Rule.CONTENT_TYPE_UNSUPPORTED,
                            "content-type is neither JSON nor protobuf: "
                                    + UnicodeText.shortened(text));
        };
    }
}
