package io.vectron.standalone.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process to be started.
 *
 * @param name names its files
 * @param folder its working directory, which holds its files as well
 * @param command program and arguments
 * @param environment variables beside those that are inherited
 * @param mark an argument of the command that no other process of this machine has
 */
public record Launch(
        String name,
        Path folder,
        List<String> command,
        Map<String, String> environment,
        String mark) {
    /** Refuses a mark that the command does not hold: the process could not be told again. */
    public Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        folder = folder.toAbsolutePath().normalize();
        if (!command.contains(mark)) {
            throw new IllegalArgumentException(mark + " is no argument of " + command);
        }
    }

    /** What the process writes to its standard streams. */
    public Path output() {
        return folder.resolve("logs").resolve(name + ".out");
    }
}
