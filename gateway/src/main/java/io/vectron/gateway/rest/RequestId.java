package io.vectron.gateway.rest;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names a request in answers and logs. */
final class RequestId {

    /** Header that brings the id, and tells it. */
    static final String HEADER = "X-Request-Id";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._:/+=@-]{1,128}");

    private RequestId() {}

    /** Whether a caller may name a request so: what cannot break a log line or a header. */
    static boolean isValid(String id) {
        return FORM.matcher(id).matches();
    }

    /** The caller's id, if it brought a valid one; else a new one. */
    static String of(@Nullable String brought) {
        return brought != null && isValid(brought) ? brought : UUID.randomUUID().toString();
    }
}
