package io.vectron.cli.command;

import com.google.protobuf.Timestamp;
import io.vectron.cli.input.Durations;
import io.vectron.proto.v1.DeadLetterFilter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which dead letters are meant. Filled by picocli. */
final class LetterFilterOptions {
    @Option(
            names = "--rule",
            paramLabel = "RULE",
            description = "Only those that this rule refused; may be repeated.")
    private List<String> rules = List.of();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = MomentConverter.class,
            description =
                    "Only those refused at this time or later: 2026-01-31T12:00:00Z, or 15m for 15"
                            + " minutes ago.")
    private @Nullable Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = MomentConverter.class,
            description = "Only those refused before this time.")
    private @Nullable Instant until;

    /** Whether any condition is set. */
    boolean any() {
        return !rules.isEmpty() || since != null || until != null;
    }

    DeadLetterFilter filter(boolean settled) {
        DeadLetterFilter.Builder filter =
                DeadLetterFilter.newBuilder().addAllRules(rules).setIncludeSettled(settled);
        if (since != null) {
            filter.setSince(timestamp(since));
        }
        if (until != null) {
            filter.setUntil(timestamp(until));
        }
        return filter.build();
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /** Reads a time. */
    static final class MomentConverter implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return Durations.moment(text, Instant.now());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
