package io.vectron.placement.model;

import io.vectron.proto.log.v1.CreationFailure;

/**
 * Why a creation was given up.
 *
 * @param code permanent name of the error, as a caller sees it
 * @param field field of the request at fault; "" means none
 * @param message for people
 */
public record Failure(String code, String field, String message) {
    /** Messages come from outside; a longer one is cut, since it is kept in the log. */
    private static final int LONGEST_MESSAGE = 2_000;

    public Failure {
        if (code.isEmpty()) {
            throw new IllegalArgumentException("failure without a code: " + message);
        }
        if (message.length() > LONGEST_MESSAGE) {
            message = message.substring(0, LONGEST_MESSAGE);
        }
    }

    public static Failure of(CreationFailure failure) {
        return new Failure(failure.getCode(), failure.getField(), failure.getMessage());
    }

    /** As it is stored. */
    public CreationFailure toRecord() {
        return CreationFailure.newBuilder()
                .setCode(code)
                .setField(field)
                .setMessage(message)
                .build();
    }
}
