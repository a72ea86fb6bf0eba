package io.vectron.gateway.rest;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import java.util.Enumeration;
import java.util.Locale;

/** Whether a caller reads JSON: the header {@code Accept}, RFC 9110, section 12.5.1. */
final class Accept {

    private Accept() {}

    /**
     * Refuses a caller that does not.
     *
     * @param headers of the request
     * @throws VectronException NOT_ACCEPTABLE
     */
    static void requireJson(Enumeration<String> headers) {
        boolean none = true;
        int best = 0; // How exactly the best range names JSON; 0 is not at all.
        boolean accepted = false;
        while (headers.hasMoreElements()) {
            for (String range : headers.nextElement().split(",", -1)) {
                String[] parts = range.trim().toLowerCase(Locale.ROOT).split("\\s*;\\s*", -1);
                none &= parts[0].isEmpty();
                int exactness =
                        switch (parts[0]) {
                            case "application/json" -> 3;
                            case "application/*" -> 2;
                            case "*/*" -> 1;
                            default -> 0;
                        };
                if (exactness > best) {
                    best = exactness;
                    accepted = !isRefused(parts);
                }
            }
        }
        if (!none && !accepted) {
            throw new VectronException(
                    ErrorCode.NOT_ACCEPTABLE, "Accept", "answers are application/json");
        }
    }

    private static boolean isRefused(String[] parts) {
        for (String part : parts) {
            if (part.matches("q=0(\\.0{0,3})?")) {
                return true;
            }
        }
        return false;
    }
}
