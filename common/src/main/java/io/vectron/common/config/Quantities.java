package io.vectron.common.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them. */
final class Quantities {
    static final String DURATION = "a duration such as 250ms, 5s, 2m, 1h or 7d";
    static final String BYTES = "a size in bytes such as 65536, 64KiB, 64MiB or 2GiB";

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18}) ?([A-Za-z]*)");
    private static final Map<String, Duration> TIMES = new LinkedHashMap<>(); // longest first
    private static final Map<String, Long> SIZES = new LinkedHashMap<>(); // largest first

    static {
        TIMES.put("d", Duration.ofDays(1));
        TIMES.put("h", Duration.ofHours(1));
        TIMES.put("m", Duration.ofMinutes(1));
        TIMES.put("s", Duration.ofSeconds(1));
        TIMES.put("ms", Duration.ofMillis(1));
        TIMES.put("us", Duration.ofNanos(1_000));
        TIMES.put("ns", Duration.ofNanos(1));
        SIZES.put("TiB", 1L << 40);
        SIZES.put("GiB", 1L << 30);
        SIZES.put("MiB", 1L << 20);
        SIZES.put("KiB", 1L << 10);
        SIZES.put("B", 1L);
    }

    private Quantities() {}

    static Duration duration(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            throw new IllegalArgumentException("not a duration");
        }
        long count = Long.parseLong(amount.group(1));
        if (amount.group(2).isEmpty()) {
            if (count == 0) {
                return Duration.ZERO;
            }
            throw new IllegalArgumentException("a duration needs a unit");
        }
        Duration unit = TIMES.get(amount.group(2));
        if (unit == null) {
            throw new IllegalArgumentException("no unit of time: " + amount.group(2));
        }
        // Within a long of nanoseconds, which is what code that waits counts in.
        if (count > Long.MAX_VALUE / unit.toNanos()) {
            throw new IllegalArgumentException("longer than 292 years");
        }
        return unit.multipliedBy(count);
    }

    static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        long nanos = duration.toNanos();
        for (Map.Entry<String, Duration> unit : TIMES.entrySet()) {
            long length = unit.getValue().toNanos();
            if (nanos % length == 0) {
                return nanos / length + unit.getKey();
            }
        }
        throw new AssertionError("nanoseconds divide everything: " + duration);
    }

    static long bytes(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            throw new IllegalArgumentException("not a size");
        }
        String unit = amount.group(2).isEmpty() ? "B" : amount.group(2);
        Long size = SIZES.get(unit);
        if (size == null) {
            throw new IllegalArgumentException("no unit of bytes: " + unit);
        }
        try {
            return Math.multiplyExact(Long.parseLong(amount.group(1)), size);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("more than 8 EiB", e);
        }
    }

    static String format(long bytes) {
        for (Map.Entry<String, Long> unit : SIZES.entrySet()) {
            if (bytes != 0 && bytes % unit.getValue() == 0 && unit.getValue() > 1) {
                return bytes / unit.getValue() + unit.getKey();
            }
        }
        return Long.toString(bytes);
    }
}
