package io.vectron.cli.command;

import picocli.CommandLine.Option;

/** Names the collection that a command works on. Filled by picocli. */
final class CollectionOption {
    @Option(
            names = {"-c", "--collection"},
            paramLabel = "NAME",
            required = true,
            description = "The collection.")
    private String name = "";

    String name() {
        return name;
    }
}
