package io.vectron.standalone.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A service that has settings of its own, in the order in which they are started. */
public enum ServiceKind {
    BROKER,
    PLACEMENT,
    WORKER,
    INGEST,
    GATEWAY;

    /**
     * The service of this name, as {@link #toString} writes it.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static ServiceKind of(String name) {
        for (ServiceKind kind : values()) {
            if (kind.toString().equals(name)) {
                return kind;
            }
        }
        String all =
                Arrays.stream(values())
                        .map(ServiceKind::toString)
                        .collect(Collectors.joining(", "));
        throw new IllegalArgumentException("no service '" + name + "'; there are: " + all);
    }

    /** Key of one of its settings. */
    String key(String name) {
        return "VECTRON_" + name() + "_" + name;
    }

    /** Name in commands and settings. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
