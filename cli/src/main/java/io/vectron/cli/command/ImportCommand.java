package io.vectron.cli.command;

import io.vectron.cli.client.CommandException;
import io.vectron.cli.client.Connection;
import io.vectron.cli.load.Importer;
import io.vectron.cli.load.PointFile;
import io.vectron.cli.load.PointSource;
import io.vectron.cli.output.Output;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.Collection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vectron import}. */
@Command(
        name = "import",
        sortOptions = false,
        description = {
            "Loads a file of points into a collection, and shows how far it is.",
            "Kinds: .jsonl (as point upsert reads), .f16bin, .u8bin and .fbin (rows and columns as"
                    + " uint32, then the rows, little-endian), .npy (a table of f2, f4, f8, u1 or"
                    + " i1). Rows get the ids PREFIX0, PREFIX1, ...",
            "It can be repeated from any place: a point that is written twice is the same point."
        })
public final class ImportCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Parameters(paramLabel = "FILE", description = "The file.")
    private Path file = Path.of("");

    @Mixin private final CollectionOption collection = new CollectionOption();

    @Option(
            names = "--format",
            paramLabel = "KIND",
            description =
                    "Kind of the file: jsonl, f16bin, u8bin, fbin, npy; default: by its name.")
    private @Nullable String format;

    @Option(
            names = "--id-prefix",
            paramLabel = "PREFIX",
            description = "What the ids of rows begin with; default: nothing.")
    private String idPrefix = "";

    @Option(
            names = "--vector-name",
            paramLabel = "NAME",
            description = "Name of the vector that rows are; default: none.")
    private String vectorName = "";

    @Option(
            names = "--from",
            paramLabel = "N",
            description = "Pass over the first N lines or rows; default: 0.")
    private long from;

    @Mixin private final LoadOptions load = new LoadOptions();
    @Mixin private final ClientOptions options = new ClientOptions();

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    ImportCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        if (from < 0) {
            throw new ParameterException(command.commandLine(), "--from must be 0 or more");
        }
        Importer.Setting setting = load.setting(collection.name());
        PointFile kind = kind();
        return Client.run(options, (connection, output) -> load(connection, output, setting, kind));
    }

    private int load(Connection connection, Output output, Importer.Setting setting, PointFile kind)
            throws IOException, InterruptedException {
        PointFile.Reading reading = new PointFile.Reading(idPrefix, vectorName, from);
        try (PointSource source = kind.open(file, reading)) {
            // Before anything is read: it may be absent, and Vectron, too.
            requireDimension(
                    CollectionView.describe(connection, collection.name()), source.dimension());
            Loading loading =
                    new Loading(output, source, String.valueOf(file.getFileName()), false);
            return loading.run(connection, setting, from);
        }
    }

    private void requireDimension(Collection found, int dimension) {
        if (dimension == 0) {
            return;
        }
        for (VectorSpec vector : found.getFacts().getVectorsList()) {
            if (vector.getName().equals(vectorName) && vector.getDimension() != dimension) {
                throw new CommandException(
                        file
                                + " holds vectors of "
                                + dimension
                                + " components, but collection "
                                + collection.name()
                                + " has "
                                + vector.getDimension());
            }
        }
    }

    private PointFile kind() {
        try {
            if (format == null) {
                return PointFile.of(file);
            }
            return PointFile.valueOf(format.toUpperCase(Locale.ROOT));
        } catch (CommandException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    command.commandLine(),
                    "'" + format + "' is none of jsonl, f16bin, u8bin, fbin, npy",
                    e);
        }
    }
}
