package io.vectron.standalone.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Java that the services run on.
 *
 * @param program {@code java}
 * @param classPath of every service
 * @param cache AOT cache that was trained with this class path; null for none
 * @param options further flags by service, winning over ours
 */
record JavaRuntime(
        Path program, String classPath, @Nullable Path cache, Map<Service, List<String>> options) {
    /** Variable with further flags for all services, separated by spaces. */
    static final String OPTIONS = "VECTRON_JAVA_OPTS";

    JavaRuntime {
        options = Map.copyOf(options);
    }

    /**
     * That of this process: the launcher knows the cache, {@code VECTRON_JAVA_OPTS} has flags for
     * all services, {@code VECTRON_JAVA_OPTS_WORKER} those for the workers, and {@code
     * VECTRON_JAVA_OPTS_WORKER_2} those for the second of them.
     */
    static JavaRuntime ofThisProcess(Map<String, String> environment) {
        String cache = System.getProperty("vectron.aot", "");
        Map<Service, List<String>> options = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            List<String> flags = new ArrayList<>(words(environment.get(OPTIONS)));
            if (service.worker() > 1) {
                flags.addAll(words(environment.get(OPTIONS + "_" + Service.WORKER.name())));
            }
            flags.addAll(words(environment.get(OPTIONS + "_" + service.name())));
            options.put(service, flags);
        }
        return new JavaRuntime(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                cache.isEmpty() ? null : Path.of(cache),
                options);
    }

    private static List<String> words(@Nullable String text) {
        return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
    }
}
