package io.vectron.common.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Spelling of keys. */
final class Names {
    private Names() {}

    /** {@code grpcPort} → {@code GRPC_PORT}. */
    static String upperSnake(String camelCase) {
        return camelCase.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    /**
     * Part of a key that stands for a property: {@code sasl.jaas.config} → {@code
     * SASL_JAAS_CONFIG}; {@code _} becomes {@code __} and {@code -} becomes {@code ___}.
     */
    static String propertyKey(String property) {
        return property.replace("_", "__")
                .replace("-", "___")
                .replace(".", "_")
                .toUpperCase(Locale.ROOT);
    }

    /** The other way round. */
    static String property(String key) {
        StringBuilder name = new StringBuilder();
        int i = 0;
        while (i < key.length()) {
            if (key.charAt(i) != '_') {
                name.append(Character.toLowerCase(key.charAt(i)));
                i++;
            } else if (key.startsWith("___", i)) {
                name.append('-');
                i += 3;
            } else if (key.startsWith("__", i)) {
                name.append('_');
                i += 2;
            } else {
                name.append('.');
                i++;
            }
        }
        return name.toString();
    }

    /** The name that was probably meant; null if none is near. */
    static @Nullable String nearest(String wrong, Collection<String> names) {
        String nearest = null;
        int least = Math.max(2, wrong.length() / 5) + 1;
        for (String name : names) {
            int distance = distance(wrong, name);
            if (distance < least) {
                least = distance;
                nearest = name;
            }
        }
        return nearest;
    }

    /** How many characters must be added, dropped or changed (Levenshtein 1965). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
