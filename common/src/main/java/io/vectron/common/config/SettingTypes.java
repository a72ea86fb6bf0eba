package io.vectron.common.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Knows the types a setting may have. */
final class SettingTypes {
    /** Shown for a list, and limits it. */
    private static final int LIST_ITEMS = 1_000;

    private static final SettingType TEXT =
            new SettingType("TEXT", "text", text -> text, String::valueOf);
    private static final SettingType PATH =
            new SettingType(
                    "PATH",
                    "a path; a relative one begins in the working folder",
                    SettingTypes::path,
                    String::valueOf);
    static final String TRUTH_LABEL = "TRUTH";
    private static final SettingType TRUTH =
            new SettingType(TRUTH_LABEL, "true or false", SettingTypes::truth, String::valueOf);
    private static final SettingType DECIMAL =
            new SettingType("N", "a number such as 0.95", SettingTypes::decimal, String::valueOf);
    private static final SettingType DURATION =
            new SettingType(
                    "TIME",
                    Quantities.DURATION,
                    Quantities::duration,
                    value -> Quantities.format((Duration) value));

    private SettingTypes() {}

    /** Whether the component is a map, whose entries have a key each. */
    static boolean isProperties(Type type) {
        return type instanceof ParameterizedType generic
                && generic.getRawType() == Map.class
                && Arrays.equals(
                        generic.getActualTypeArguments(), new Type[] {String.class, String.class});
    }

    /**
     * How values of the type are written.
     *
     * @throws IllegalArgumentException if no setting may have this type
     */
    static SettingType of(Type type, Unit unit) {
        if (type == int.class || type == long.class) {
            return wholeNumber(type, unit);
        }
        if (unit != Unit.NONE) {
            throw new IllegalArgumentException(type + " has no unit");
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            return list(of(generic.getActualTypeArguments()[0], Unit.NONE));
        }
        if (type == boolean.class) {
            return TRUTH;
        }
        if (type == double.class) {
            return DECIMAL;
        }
        if (type == String.class) {
            return TEXT;
        }
        if (type == Path.class) {
            return PATH;
        }
        if (type == Duration.class) {
            return DURATION;
        }
        if (type instanceof Class<?> parsed) {
            return parsed(parsed);
        }
        throw new IllegalArgumentException("no setting can have the type " + type);
    }

    private static SettingType wholeNumber(Type type, Unit unit) {
        long most = type == int.class ? Integer.MAX_VALUE : Long.MAX_VALUE;
        long least = type == int.class ? Integer.MIN_VALUE : Long.MIN_VALUE;
        return switch (unit) {
            case NONE ->
                    new SettingType(
                            "N",
                            "a whole number",
                            text -> boxed(type, within(number(text), least, most)),
                            String::valueOf);
            case BYTES ->
                    new SettingType(
                            "SIZE",
                            Quantities.BYTES,
                            text -> boxed(type, within(Quantities.bytes(text), least, most)),
                            value -> Quantities.format(((Number) value).longValue()));
            case MILLISECONDS ->
                    new SettingType(
                            "TIME",
                            Quantities.DURATION,
                            text -> boxed(type, within(milliseconds(text), least, most)),
                            value ->
                                    Quantities.format(
                                            Duration.ofMillis(((Number) value).longValue())));
        };
    }

    private static Object boxed(Type type, long value) {
        if (type == int.class) {
            return Math.toIntExact(value);
        }
        return value;
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            boolean digits = text.matches("[+-]?\\d+");
            throw new IllegalArgumentException(
                    digits ? "too large a number" : "not a whole number", e);
        }
    }

    private static long milliseconds(String text) {
        Duration duration = Quantities.duration(text);
        if (!duration.equals(Duration.ofMillis(duration.toMillis()))) {
            throw new IllegalArgumentException("finer than a millisecond");
        }
        return duration.toMillis();
    }

    private static long within(long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("not within " + least + " to " + most);
        }
        return value;
    }

    private static Object truth(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static Object decimal(String text) {
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number", e);
        }
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("not a finite number");
        }
        return value;
    }

    private static Object path(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("no path");
        }
        return Path.of(text); // An InvalidPathException is an IllegalArgumentException.
    }

    private static SettingType list(SettingType item) {
        return new SettingType(
                item.label() + ",…",
                "a list separated by commas, each " + item.allowed(),
                text -> {
                    if (text.isBlank()) {
                        return List.of();
                    }
                    String[] parts = text.split(",", -1);
                    if (parts.length > LIST_ITEMS) {
                        throw new IllegalArgumentException("more than " + LIST_ITEMS + " items");
                    }
                    return Arrays.stream(parts)
                            .map(String::strip)
                            .map(part -> {
                                if (part.isEmpty()) {
                                    throw new IllegalArgumentException("an item is empty");
                                }
                                return item.parse().apply(part);
                            })
                            .toList();
                },
                value ->
                        ((List<?>) value)
                                .stream()
                                        .map(part -> item.format().apply(part))
                                        .collect(Collectors.joining(",")));
    }

    /** A type that says itself how it is written: {@code static T parse(String)}. */
    private static SettingType parsed(Class<?> type) {
        Method parse;
        try {
            parse = type.getMethod("parse", String.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("no setting can have the type " + type, e);
        }
        if (!Modifier.isStatic(parse.getModifiers()) || parse.getReturnType() != type) {
            throw new IllegalArgumentException(parse + " does not make a " + type);
        }
        Written written = type.getAnnotation(Written.class);
        if (written == null) {
            throw new IllegalArgumentException(type + " does not say how it is written");
        }
        return new SettingType(
                written.label(),
                written.as(),
                text -> {
                    try {
                        return parse.invoke(null, text);
                    } catch (InvocationTargetException e) {
                        if (e.getCause() instanceof IllegalArgumentException refused) {
                            throw refused;
                        }
                        throw new IllegalStateException(parse + " failed", e.getCause());
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(parse + " cannot be called", e);
                    }
                },
                String::valueOf);
    }
}
