package io.vectron.standalone.command;

import io.vectron.standalone.cluster.Cluster;
import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.cluster.Service;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which cluster a command is about. Filled by picocli. */
final class ClusterOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            showDefaultValue = CommandLine.Help.Visibility.ALWAYS,
            description = "Folder of the cluster, as given to ./vectron up --cluster.")
    private Path data = Path.of("data");

    /**
     * The cluster that was started in the folder.
     *
     * @throws RefusedException if there never was one
     */
    Cluster cluster() throws IOException, RefusedException {
        ClusterPlace place = ClusterPlace.read(data);
        if (place == null) {
            throw new RefusedException(
                    "no cluster was started in "
                            + data.toAbsolutePath().normalize()
                            + "; name its folder with --data, or start one with"
                            + " ./vectron up --cluster");
        }
        return Cluster.at(place);
    }

    /** Reads the name of a service. */
    static final class ServiceName implements ITypeConverter<Service> {
        @Override
        public Service convert(String name) {
            try {
                return Service.of(name);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
