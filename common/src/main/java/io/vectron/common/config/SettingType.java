package io.vectron.common.config;

import java.util.function.Function;

/**
 * How values of a type are written.
 *
 * @param label for help: {@code PORT} is none, {@code N} is one
 * @param allowed what may be written, for people
 * @param parse throws IllegalArgumentException, with a message for people, if the text is no value
 * @param format text that {@code parse} takes
 */
record SettingType(
        String label,
        String allowed,
        Function<String, Object> parse,
        Function<Object, String> format) {}
