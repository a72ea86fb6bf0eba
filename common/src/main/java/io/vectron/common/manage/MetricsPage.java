package io.vectron.common.manage;

import org.jspecify.annotations.Nullable;

/** What {@code /metrics} shows. Any thread. */
@FunctionalInterface
public interface MetricsPage {
    /** A page as it is sent. */
    record Page(String contentType, String text) {}

    /**
     * The metrics now.
     *
     * @param accept the request's header of this name, null if it has none
     */
    Page now(@Nullable String accept);
}
