package io.vectron.common.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a service, derived from its configuration record: every component is a {@link
 * Setting} or a group of them. The key of a setting is {@code VECTRON_<SERVICE>_} and the path of
 * components to it, in upper snake case; its default is what a default instance of the record has.
 *
 * <p>A component may be an int, long, boolean, double, String, Path, Duration, a list of these, a
 * type that is {@link Written}, a {@code Map<String, String>} whose entries have a key each, or a
 * record of all of these. One that is {@code @Nullable} may be given as empty.
 */
public final class ServiceSettings<T extends Record> {
    private static final String NO_NAME = "-";

    private final String service;
    private final T defaults;
    private final List<Element> elements;
    private final Set<String> keys = new HashSet<>(); // while the elements are made

    private ServiceSettings(String service, T defaults) {
        this.service = service;
        this.defaults = defaults;
        elements = elements(defaults.getClass(), prefix());
    }

    /**
     * The settings of a service.
     *
     * @param service lower-case name, such as {@code gateway}
     * @param defaults has the defaults, and examples of required settings
     * @throws IllegalArgumentException if a component is not documented, has a type that no setting
     *     can have, or has the key of another one
     */
    public static <T extends Record> ServiceSettings<T> of(String service, T defaults) {
        return new ServiceSettings<>(service, defaults);
    }

    /** Name of the service, such as {@code gateway}. */
    public String service() {
        return service;
    }

    /** What every key begins with, such as {@code VECTRON_GATEWAY_}. */
    public String prefix() {
        return "VECTRON_" + service.toUpperCase(Locale.ROOT) + "_";
    }

    /** The defaults, and examples of required settings. */
    public T defaults() {
        return defaults;
    }

    List<Element> elements() {
        return elements;
    }

    /** Reads the configuration, and reports whatever is wrong with it at once. */
    public Loaded<T> load(Sources sources) {
        return new Binding<>(this, sources).bind();
    }

    /** The key that a program argument sets; of properties, the beginning of their keys. */
    public String key(String option) {
        return prefix()
                + option.substring("--".length()).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The key of one of the properties whose keys begin with {@code prefix}. */
    public static String propertyKey(String prefix, String property) {
        return prefix + Names.propertyKey(property);
    }

    /**
     * Arguments that tell the service's program this configuration, wherever it was read: those
     * that are not the default. Secrets are in them as they are.
     */
    public List<String> arguments(T config) {
        List<String> arguments = new ArrayList<>();
        addArguments(elements, config, defaults, arguments);
        return List.copyOf(arguments);
    }

    private void addArguments(
            List<Element> among, Object config, Object defaultRecord, List<String> arguments) {
        for (Element element : among) {
            Object value = read(element, config);
            Object byDefault = read(element, defaultRecord);
            switch (element) {
                case Element.Group inner ->
                        addArguments(
                                inner.elements(), required(value), required(byDefault), arguments);
                case Element.Value one -> {
                    if (one.about().required() || !Objects.equals(value, byDefault)) {
                        arguments.add(option(one.key()));
                        arguments.add(value == null ? "" : one.type().format().apply(value));
                    }
                }
                case Element.Properties several ->
                        properties(value)
                                .forEach((name, text) -> {
                                    arguments.add(option(several.prefix()));
                                    arguments.add(name + "=" + text);
                                });
            }
        }
    }

    /** Every setting, in the order of the records. */
    public List<SettingDoc> documentation() {
        List<SettingDoc> all = new ArrayList<>();
        document(elements, defaults, "", all);
        return List.copyOf(all);
    }

    /** What became of every key in a configuration; {@code given} tells where values are from. */
    List<SettingValue> values(T config, Map<String, Given> given) {
        List<SettingValue> all = new ArrayList<>();
        list(elements, config, defaults, given, all);
        return all;
    }

    private List<Element> elements(Class<?> type, String prefix) {
        List<Element> all = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            all.add(element(component, prefix));
        }
        return all;
    }

    private Element element(RecordComponent component, String prefix) {
        Setting about = component.getAnnotation(Setting.class);
        if (about == null || about.value().isBlank()) {
            throw new IllegalArgumentException(
                    component.getDeclaringRecord()
                            + ": "
                            + component
                            + " is no documented setting");
        }
        component.getAccessor().setAccessible(true);
        String name =
                about.name().isEmpty() ? about.unit().strip(component.getName()) : about.name();
        String key = prefix + Names.upperSnake(name);
        if (isGroup(component.getType())) {
            String inner = name.equals(NO_NAME) ? prefix : key + "_";
            return new Element.Group(component, about, elements(component.getType(), inner));
        }
        if (!keys.add(key)) {
            throw new IllegalArgumentException("two settings have the key " + key);
        }
        if (SettingTypes.isProperties(component.getGenericType())) {
            return new Element.Properties(component, about, key + "_");
        }
        return new Element.Value(
                component,
                about,
                key,
                SettingTypes.of(component.getGenericType(), about.unit()),
                component.getAnnotatedType().isAnnotationPresent(Nullable.class));
    }

    /** A record that can be written as one value may still be a group where it stands alone. */
    private static boolean isGroup(Class<?> type) {
        return type.isRecord()
                && (!type.isAnnotationPresent(Written.class)
                        || Arrays.stream(type.getRecordComponents())
                                .anyMatch(inner -> inner.isAnnotationPresent(Setting.class)));
    }

    private void document(
            List<Element> among, Object defaultRecord, String group, List<SettingDoc> all) {
        for (Element element : among) {
            Object value = read(element, defaultRecord);
            switch (element) {
                case Element.Group inner ->
                        document(inner.elements(), required(value), inner.about().value(), all);
                case Element.Value one ->
                        all.add(
                                new SettingDoc(
                                        group,
                                        one.key(),
                                        option(one.key()),
                                        new SettingDoc.Value(
                                                one.type().label(),
                                                one.type().allowed()
                                                        + (one.nullable() ? ", or nothing" : ""),
                                                one.format(value),
                                                one.about().byDefault()),
                                        one.about().value(),
                                        one.about().required(),
                                        false));
                case Element.Properties several ->
                        all.add(
                                new SettingDoc(
                                        group,
                                        several.prefix(),
                                        option(several.prefix()),
                                        new SettingDoc.Value("NAME=TEXT", "text", "", "none"),
                                        several.about().value(),
                                        false,
                                        true));
            }
        }
    }

    private String option(String key) {
        String name = key.endsWith("_") ? key.substring(0, key.length() - 1) : key;
        return "--" + name.substring(prefix().length()).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void list(
            List<Element> among,
            Object config,
            Object defaultRecord,
            Map<String, Given> given,
            List<SettingValue> all) {
        for (Element element : among) {
            Object value = read(element, config);
            Object byDefault = read(element, defaultRecord);
            switch (element) {
                case Element.Group inner ->
                        list(inner.elements(), required(value), required(byDefault), given, all);
                case Element.Value one ->
                        all.add(
                                new SettingValue(
                                        one.key(),
                                        one.format(value),
                                        one.about().required() ? "" : one.format(byDefault),
                                        origin(given.get(one.key()))));
                case Element.Properties several -> {
                    Map<String, String> entries = new TreeMap<>(properties(value));
                    Map<String, String> defaults = properties(byDefault);
                    for (Map.Entry<String, String> entry : entries.entrySet()) {
                        String key = several.key(entry.getKey());
                        boolean secret = several.about().secret() || Secrets.named(key);
                        all.add(
                                new SettingValue(
                                        key,
                                        secret ? Secrets.MASK : entry.getValue(),
                                        defaults.getOrDefault(entry.getKey(), ""),
                                        origin(given.get(key))));
                    }
                }
            }
        }
    }

    private static Origin origin(@Nullable Given given) {
        return given == null ? new Origin.Default() : given.origin();
    }

    private static Object required(@Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException("a group of settings is null");
        }
        return value;
    }

    @SuppressWarnings("unchecked") // made so by SettingTypes.isProperties
    static Map<String, String> properties(@Nullable Object value) {
        return (Map<String, String>) required(value);
    }

    static @Nullable Object read(Element element, Object from) {
        try {
            return element.component().getAccessor().invoke(from);
        } catch (InvocationTargetException | IllegalAccessException e) {
            throw new IllegalStateException(element.component() + " cannot be read", e);
        }
    }
}
