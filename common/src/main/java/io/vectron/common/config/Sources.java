package io.vectron.common.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration is read from. Program arguments win over everything; the process
 * environment wins over the file, unless it says {@code VECTRON_ENV_OVERRIDE=1}: then the file
 * wins.
 *
 * @param file an env file; null for none
 * @param environment of the process
 * @param arguments key → value, as {@link ServiceSettings#key} names them
 */
public record Sources(
        @Nullable Path file, Map<String, String> environment, Map<String, String> arguments) {
    /** Makes the file win over the process environment. */
    public static final String OVERRIDE = "VECTRON_ENV_OVERRIDE";

    public Sources {
        environment = Map.copyOf(environment);
        arguments = Map.copyOf(arguments);
    }

    /**
     * The file that was named, else the first of {@link #files} that exists, and the environment of
     * this process.
     *
     * @param service such as {@code gateway}
     * @param named a file that must exist; null to look in the working folder
     */
    public static Sources of(String service, @Nullable Path named, Map<String, String> arguments) {
        Path file = named == null ? find(service, Path.of("")) : named;
        return new Sources(file, System.getenv(), arguments);
    }

    /** Files that are looked for, in this order; only the first that exists is read. */
    public static List<String> files(String service) {
        return List.of(".env." + service, service + ".env", "env/" + service + ".env");
    }

    /** The first file of a service that exists in a folder; null if there is none. */
    static @Nullable Path find(String service, Path folder) {
        for (String name : files(service)) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        return null;
    }
}
