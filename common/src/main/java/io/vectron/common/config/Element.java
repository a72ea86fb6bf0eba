package io.vectron.common.config;

import java.lang.reflect.RecordComponent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A component of a configuration record. */
sealed interface Element {
    RecordComponent component();

    Setting about();

    /** Component by component as its record has them. */
    record Group(RecordComponent component, Setting about, List<Element> elements)
            implements Element {
        public Group {
            elements = List.copyOf(elements);
        }
    }

    /**
     * One value.
     *
     * @param nullable an empty value is null
     */
    record Value(
            RecordComponent component,
            Setting about,
            String key,
            SettingType type,
            boolean nullable)
            implements Element {
        Object parse(String text) {
            return type.parse().apply(text);
        }

        boolean secret() {
            return about.secret() || Secrets.named(key);
        }

        String format(@Nullable Object value) {
            if (value == null) {
                return "";
            }
            return secret() ? Secrets.MASK : type.format().apply(value);
        }
    }

    /**
     * A map from names to values; each has a key of its own.
     *
     * @param prefix of the keys, ends with an underscore
     */
    record Properties(RecordComponent component, Setting about, String prefix) implements Element {
        String key(String property) {
            return prefix + Names.propertyKey(property);
        }
    }
}
