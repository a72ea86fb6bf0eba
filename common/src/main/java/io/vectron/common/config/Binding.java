package io.vectron.common.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One reading of a configuration. Used once, by one thread. */
final class Binding<T extends Record> {
    /** Characters of a value from the environment or the command line. */
    private static final int VALUE_LENGTH = EnvFile.LINE_LENGTH;

    private final ServiceSettings<T> settings;
    private final Sources sources;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Element> known = new LinkedHashMap<>(); // by key or prefix
    private final Map<String, Given> given = new HashMap<>(); // by key, the winner

    Binding(ServiceSettings<T> settings, Sources sources) {
        this.settings = settings;
        this.sources = sources;
        know(settings.elements());
    }

    /** An element after it was read: its value, what was given for it, whether that was right. */
    private record Read(@Nullable Object value, List<Given> given, boolean right) {}

    Loaded<T> bind() {
        collect();
        Read read = group(settings.defaults(), settings.elements());
        if (!problems.isEmpty()) {
            return new Loaded.Refused<>(settings.service(), problems);
        }
        @SuppressWarnings("unchecked") // made by the constructor of the defaults' class
        T config = (T) read.value();
        if (config == null) {
            throw new IllegalStateException("nothing was made, and no problem was found");
        }
        return new Loaded.Accepted<>(config, settings.values(config, given));
    }

    private void know(List<Element> elements) {
        for (Element element : elements) {
            switch (element) {
                case Element.Group inner -> know(inner.elements());
                case Element.Value one -> known.put(one.key(), element);
                case Element.Properties several -> known.put(several.prefix(), element);
            }
        }
    }

    // ---- what was given

    private void collect() {
        List<Given> file = file();
        List<Given> environment =
                listed(
                        sources.environment(),
                        key -> key.startsWith(settings.prefix()),
                        key -> new Origin.Environment());
        if (fileWins()) {
            take(environment);
            take(file);
        } else {
            take(file);
            take(environment);
        }
        take(listed(sources.arguments(), key -> true, key -> new Origin.Argument(argument(key))));
    }

    private List<Given> file() {
        Path path = sources.file();
        if (path == null) {
            return List.of();
        }
        EnvFile file = EnvFile.read(path);
        problems.addAll(file.problems());
        return file.entries();
    }

    private static List<Given> listed(
            Map<String, String> values, Predicate<String> ours, Function<String, Origin> origin) {
        return values.entrySet().stream()
                .filter(entry -> ours.test(entry.getKey()))
                .map(entry ->
                        new Given(entry.getKey(), entry.getValue(), origin.apply(entry.getKey())))
                .sorted(Comparator.comparing(Given::key))
                .toList();
    }

    private String argument(String key) {
        String name = key.substring(settings.prefix().length());
        return "--" + name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private boolean fileWins() {
        String says = sources.environment().getOrDefault(Sources.OVERRIDE, "");
        return switch (says) {
            case "1", "true" -> true;
            case "", "0", "false" -> false;
            default -> {
                String source = new Origin.Environment().toString();
                problems.add(
                        new Problem(Sources.OVERRIDE, says, source, "neither 0 nor 1", "0 or 1"));
                yield false;
            }
        };
    }

    private void take(List<Given> values) {
        if (values.size() > EnvFile.KEYS) {
            Given first = values.getFirst();
            problems.add(
                    new Problem(
                            settings.prefix() + "*",
                            "",
                            first.origin().toString(),
                            "more than " + EnvFile.KEYS + " keys",
                            ""));
            return;
        }
        for (Given value : values) {
            if (element(value.key()) == null) {
                problems.add(unknown(value));
            } else if (value.value().length() > VALUE_LENGTH) {
                problems.add(
                        new Problem(
                                value.key(),
                                "",
                                value.origin().toString(),
                                "longer than " + VALUE_LENGTH + " characters",
                                ""));
            } else {
                given.put(value.key(), value);
            }
        }
    }

    private @Nullable Element element(String key) {
        Element exact = known.get(key);
        if (exact instanceof Element.Value) {
            return exact;
        }
        for (Map.Entry<String, Element> entry : known.entrySet()) {
            boolean several = entry.getValue() instanceof Element.Properties;
            String prefix = entry.getKey();
            if (several && key.startsWith(prefix) && key.length() > prefix.length()) {
                return entry.getValue();
            }
        }
        return null;
    }

    private Problem unknown(Given value) {
        String key = value.key();
        String nearest = Names.nearest(key, known.keySet());
        String hint = nearest == null ? "" : "; is " + nearest + " meant?";
        String reason =
                key.equals(Sources.OVERRIDE)
                        ? "this is read from the environment of the process only"
                        : "no such setting of " + settings.service() + hint;
        return new Problem(key, shown(value), value.origin().toString(), reason, "");
    }

    // ---- what it makes

    private Read read(Element element, @Nullable Object byDefault) {
        return switch (element) {
            case Element.Group inner -> group(Objects.requireNonNull(byDefault), inner.elements());
            case Element.Value one -> value(one, byDefault);
            case Element.Properties several -> properties(several, byDefault);
        };
    }

    private Read value(Element.Value element, @Nullable Object byDefault) {
        Given value = given.get(element.key());
        if (value == null) {
            boolean missing = element.about().required();
            if (missing) {
                problems.add(
                        new Problem(
                                element.key(),
                                "",
                                "nowhere",
                                "required, and not given",
                                element.type().allowed()));
            }
            return new Read(byDefault, List.of(), !missing);
        }
        List<Given> all = List.of(value);
        if (value.value().isEmpty() && element.nullable()) {
            return new Read(null, all, true);
        }
        try {
            return new Read(element.parse(value.value()), all, true);
        } catch (IllegalArgumentException e) {
            problems.add(problem(all, reason(e), element.type().allowed()));
            return new Read(byDefault, all, false);
        }
    }

    private Read properties(Element.Properties element, @Nullable Object byDefault) {
        Map<String, String> values = new HashMap<>(ServiceSettings.properties(byDefault));
        List<Given> all =
                given.values().stream()
                        .filter(value -> element.equals(element(value.key())))
                        .sorted(Comparator.comparing(Given::key))
                        .toList();
        for (Given value : all) {
            String name = value.key().substring(element.prefix().length());
            values.put(Names.property(name), value.value());
        }
        return new Read(values, all, true);
    }

    private Read group(Object defaultRecord, List<Element> elements) {
        Constructor<?> constructor = constructor(defaultRecord.getClass());
        int size = elements.size();
        @Nullable Object[] byDefault = new @Nullable Object[size];
        @Nullable Object[] values = new @Nullable Object[size];
        List<Given> all = new ArrayList<>();
        Map<Integer, Read> changed = new LinkedHashMap<>();
        boolean right = true;
        for (int i = 0; i < size; i++) {
            byDefault[i] = ServiceSettings.read(elements.get(i), defaultRecord);
            Read read = read(elements.get(i), byDefault[i]);
            values[i] = read.value();
            all.addAll(read.given());
            right &= read.right();
            if (read.right() && !read.given().isEmpty()) {
                changed.put(i, read);
            }
        }
        try {
            return new Read(make(constructor, values), all, right);
        } catch (IllegalArgumentException e) {
            blame(constructor, byDefault, changed, reason(e));
            return new Read(defaultRecord, all, false);
        }
    }

    /** Finds out which of the given values the record refuses: each is tried by itself. */
    private void blame(
            Constructor<?> constructor,
            @Nullable Object[] byDefault,
            Map<Integer, Read> changed,
            String together) {
        boolean found = false;
        for (Map.Entry<Integer, Read> one : changed.entrySet()) {
            @Nullable Object[] alone = Arrays.copyOf(byDefault, byDefault.length);
            alone[one.getKey()] = one.getValue().value();
            try {
                make(constructor, alone);
            } catch (IllegalArgumentException e) {
                found = true;
                problems.add(problem(one.getValue().given(), reason(e), ""));
            }
        }
        if (!found) {
            List<Given> all =
                    changed.values().stream().flatMap(read -> read.given().stream()).toList();
            problems.add(problem(all, together, ""));
        }
    }

    private static Constructor<?> constructor(Class<?> type) {
        Class<?>[] types =
                Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record without its constructor: " + type, e);
        }
    }

    private static Object make(Constructor<?> constructor, @Nullable Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException(constructor + " failed", e.getCause());
        } catch (InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException(constructor + " cannot be called", e);
        }
    }

    // ---- what is said about it

    private static String reason(IllegalArgumentException refused) {
        return refused.getMessage() == null ? "refused" : refused.getMessage();
    }

    private Problem problem(List<Given> values, String reason, String allowed) {
        Set<String> origins = new LinkedHashSet<>();
        String said = reason;
        for (Given value : values) {
            origins.add(value.origin().toString());
            if (secret(value.key()) && !value.value().isEmpty()) {
                said = said.replace(value.value(), Secrets.MASK);
            }
        }
        return new Problem(
                values.stream().map(Given::key).collect(Collectors.joining(", ")),
                values.stream().map(this::shown).collect(Collectors.joining(", ")),
                String.join(", ", origins),
                said,
                allowed);
    }

    private String shown(Given value) {
        return secret(value.key()) ? Secrets.MASK : value.value();
    }

    private boolean secret(String key) {
        Element element = element(key);
        return Secrets.named(key) || (element != null && element.about().secret());
    }
}
