package io.vectron.common.record;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.proto.v1.PointToWrite;
import java.util.Map;

/**
 * A point as a line of text: the JSON of a record with the id beside it, {@code {"id": "a",
 * "vector": [0.1, 0.2], "payload": {}}}. Read with the reader of records, so that a file and a
 * topic mean the same.
 */
public final class PointLine {
    private PointLine() {}

    /**
     * Reads a point. It is not judged by the facts of a collection, which the gateway does.
     *
     * @param line UTF-8
     * @throws VectronException INVALID_POINT, its metadata {@code rule} the rule's stable name
     */
    public static PointToWrite parse(byte[] line) {
        try {
            return JsonPoints.decodeWithId(line, Limits.PAYLOAD_DEPTH);
        } catch (RuleException e) {
            throw new VectronException(
                    ErrorCode.INVALID_POINT,
                    null,
                    e.rule().key() + ": " + e.reason(),
                    Map.of("rule", e.rule().key()),
                    e);
        }
    }
}
