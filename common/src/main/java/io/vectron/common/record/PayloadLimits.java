package io.vectron.common.record;

/**
 * What a collection allows of a payload.
 *
 * @param maxBytes largest canonical payload, bytes
 * @param maxDepth deepest level of a value; the value of a field of the payload is level 1
 */
record PayloadLimits(int maxBytes, int maxDepth) {
    /**
     * Deepest level that a collection may allow. A level takes up to three nested messages, and
     * protobuf's parsers go 100 messages deep.
     */
    private static final int SUPPORTED_DEPTH = 24;

    PayloadLimits {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("payload limit is below 1 byte: " + maxBytes);
        }
        if (maxDepth < 1 || maxDepth > SUPPORTED_DEPTH) {
            throw new IllegalArgumentException("payload depth is unsupported: " + maxDepth);
        }
    }
}
