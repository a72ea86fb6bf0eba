package io.vectron.standalone.command;

import picocli.CommandLine.IVersionProvider;

/** The version, as the jar's manifest has it. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "vectron " + (version == null ? "(not from a jar)" : version),
            "JVM " + Runtime.version()
        };
    }
}
