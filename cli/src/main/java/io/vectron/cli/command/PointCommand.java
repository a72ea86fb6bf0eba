package io.vectron.cli.command;

import io.vectron.cli.client.CommandException;
import io.vectron.cli.client.Connection;
import io.vectron.cli.load.Importer;
import io.vectron.cli.load.PointFile;
import io.vectron.cli.load.PointSource;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Screen;
import io.vectron.common.limit.Limits;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.StoredPoint;
import io.vectron.proto.v1.WriteResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vectron point}. */
@Command(
        name = "point",
        description = "Write, read and delete points.",
        subcommands = {
            PointCommand.Upsert.class,
            PointCommand.Get.class,
            PointCommand.Delete.class
        })
public final class PointCommand {
    PointCommand() {}

    /** {@code vectron point upsert}. */
    @Command(
            name = "upsert",
            sortOptions = false,
            description = {
                "Writes points from JSON lines, such as"
                        + " {\"id\":\"a\",\"vector\":[0.1,0.2],\"payload\":{\"year\":1979}}, of"
                        + " files or of standard input.",
                "Prints a token a shard: search --at-least TOKEN waits for the write. With --json,"
                        + " a line a point."
            })
    static final class Upsert implements Callable<Integer> {
        @Mixin private final CollectionOption collection = new CollectionOption();

        @Parameters(
                paramLabel = "FILE",
                arity = "0..*",
                description = "Files of JSON lines; default, and -: standard input.")
        private List<Path> files = List.of();

        @Mixin private final LoadOptions load = new LoadOptions();
        @Mixin private final ClientOptions options = new ClientOptions();

        Upsert() {}

        @Override
        public Integer call() throws InterruptedException {
            Importer.Setting setting = load.setting(collection.name());
            return Client.run(options, (connection, output) -> upsert(connection, output, setting));
        }

        private int upsert(Connection connection, Output output, Importer.Setting setting)
                throws IOException, InterruptedException {
            // Before anything is read: an absent collection, or Vectron, is told at once.
            CollectionView.describe(connection, collection.name());
            int worst = Client.OK;
            for (Path file : files.isEmpty() ? List.of(Path.of("-")) : files) {
                try (PointSource source = open(file)) {
                    worst =
                            Math.max(
                                    worst,
                                    new Loading(output, source, file.toString(), true)
                                            .run(connection, setting, 0));
                }
                if (worst != Client.OK) {
                    break;
                }
            }
            return worst;
        }

        private static PointSource open(Path file) throws IOException {
            if (!file.toString().equals("-")) {
                return PointFile.lines(Files.newInputStream(file));
            }
            if (io.vectron.cli.terminal.Terminal.interactive()) {
                Screen.err().line("type a point a line; Ctrl-D ends");
            }
            return PointFile.lines(System.in);
        }
    }

    /** {@code vectron point get}. */
    @Command(
            name = "get",
            sortOptions = false,
            description =
                    "Prints points by id, one JSON object a line. Ids that do not exist are told on"
                            + " standard error, and the exit code is 1.")
    static final class Get implements Callable<Integer> {
        @Mixin private final CollectionOption collection = new CollectionOption();

        @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids.")
        private List<String> ids = List.of();

        @Option(names = "--without-vectors", description = "Leave the vectors out.")
        private boolean withoutVectors;

        @Mixin private final FreshnessOption freshness = new FreshnessOption();
        @Mixin private final ClientOptions options = new ClientOptions();

        Get() {}

        @Override
        public Integer call() throws InterruptedException {
            return Client.run(options, this::get);
        }

        private int get(Connection connection, Output output) throws IOException {
            Set<String> missing = new HashSet<>();
            for (List<String> some : chunks(ids)) {
                List<StoredPoint> found =
                        connection
                                .points()
                                .get(
                                        GetRequest.newBuilder()
                                                .setCollection(collection.name())
                                                .addAllIds(some)
                                                .setReadMode(freshness.mode())
                                                .setWithoutVectors(withoutVectors)
                                                .build())
                                .getPointsList();
                missing.addAll(some);
                for (StoredPoint point : found) {
                    missing.remove(point.getId());
                    output.message(point);
                }
            }
            output.flush();
            for (String id : ids) {
                if (missing.remove(id)) {
                    Screen.err()
                            .line(
                                    output.json()
                                            ? JsonLine.of(j -> j.writeStringField("missing", id))
                                            : "no point " + Printable.of(id));
                    if (missing.isEmpty()) {
                        return Client.FAILED;
                    }
                }
            }
            return Client.OK;
        }
    }

    /** {@code vectron point delete}. */
    @Command(
            name = "delete",
            sortOptions = false,
            description = "Deletes points by id. An id that does not exist is no error.")
    static final class Delete implements Callable<Integer> {
        @Mixin private final CollectionOption collection = new CollectionOption();

        @Parameters(
                paramLabel = "ID",
                arity = "1..*",
                description = "Ids; - alone reads one a line from standard input.")
        private List<String> ids = List.of();

        @Mixin private final ClientOptions options = new ClientOptions();

        Delete() {}

        @Override
        public Integer call() throws InterruptedException {
            return Client.run(options, this::delete);
        }

        private int delete(Connection connection, Output output) throws IOException {
            List<String> all = ids.equals(List.of("-")) ? Lines.of(System.in) : ids;
            long deleted = 0;
            for (List<String> some : chunks(all)) {
                List<WriteResult> results =
                        connection
                                .points()
                                .delete(
                                        DeleteRequest.newBuilder()
                                                .setCollection(collection.name())
                                                .addAllIds(some)
                                                .build())
                                .getResultsList();
                for (WriteResult result : results) {
                    if (!result.hasToken()) {
                        throw new CommandException(
                                deleted
                                        + " deleted; then "
                                        + result.getId()
                                        + ": "
                                        + result.getFailure().getReason()
                                        + ": "
                                        + result.getFailure().getMessage()
                                        + ". Deleting it again is safe.");
                    }
                    deleted++;
                    if (output.json()) {
                        output.message(result);
                    }
                }
                if (!output.json() && !results.isEmpty()) {
                    output.line("token: " + Names.token(results.getLast().getToken()));
                }
            }
            if (!output.json()) {
                output.line(deleted + (deleted == 1 ? " id deleted" : " ids deleted"));
            }
            return Client.OK;
        }
    }

    private static List<List<String>> chunks(List<String> ids) {
        return java.util.stream.IntStream.iterate(
                        0, from -> from < ids.size(), from -> from + Limits.POINTS_PER_REQUEST)
                .mapToObj(from ->
                        ids.subList(from, Math.min(ids.size(), from + Limits.POINTS_PER_REQUEST)))
                .toList();
    }
}
