package io.vectron.cli.command;

import io.vectron.cli.client.Connection;
import io.vectron.cli.output.FreshnessText;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.Style;
import io.vectron.cli.terminal.Table;
import io.vectron.common.log.TopicNames;
import io.vectron.common.log.WriteToken;
import io.vectron.proto.v1.LoggedRecord;
import io.vectron.proto.v1.Stage;
import io.vectron.proto.v1.TracePointRequest;
import io.vectron.proto.v1.TracePointResponse;
import io.vectron.proto.v1.TraceWriteRequest;
import io.vectron.proto.v1.TraceWriteResponse;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vectron trace}. */
@Command(
        name = "trace",
        sortOptions = false,
        description = {
            "Tells where a write is: logged, validated or rejected, committed, applied, searchable,"
                    + " each with its time. What is longer ago than the parts remember (about an"
                    + " hour) is told as 'before'.",
            "With --id it tells the version of a point, and what the topic still has of it."
        })
public final class TraceCommand implements Callable<Integer> {
    @Spec private CommandSpec command;

    @Parameters(
            paramLabel = "TOKEN",
            arity = "0..1",
            converter = FreshnessOption.TokenConverter.class,
            description = "The write, such as TOPIC/0/17: topic or topic id, partition, offset.")
    private @Nullable WriteToken token;

    @Option(names = "--id", paramLabel = "ID", description = "A point, instead of a write.")
    private @Nullable String id;

    @Option(
            names = {"-c", "--collection"},
            paramLabel = "NAME",
            description = "The collection; a token with the topic's name tells it by itself.")
    private @Nullable String collection;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Most records of --id, up to 1,000; default: 20.")
    private int limit = 20;

    @Mixin private final ClientOptions options = new ClientOptions();

    @SuppressWarnings("NullAway.Init") // picocli sets the specification
    TraceCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        if ((token == null) == (id == null)) {
            throw new ParameterException(command.commandLine(), "either TOKEN or --id is needed");
        }
        if (limit < 1) {
            throw new ParameterException(command.commandLine(), "--limit must be 1 or more");
        }
        String name = collection();
        WriteToken write = token;
        String point = id;
        return Client.run(
                options,
                (connection, output) ->
                        write != null
                                ? write(connection, output, name, write)
                                : point(connection, output, name, String.valueOf(point)));
    }

    private String collection() {
        if (collection != null) {
            return collection;
        }
        String topic = token == null ? null : token.topic();
        String name = topic == null ? null : TopicNames.collection(topic);
        if (name == null) {
            throw new ParameterException(command.commandLine(), "--collection is missing");
        }
        return name;
    }

    private static int write(
            Connection connection, Output output, String collection, WriteToken token) {
        TraceWriteResponse found =
                connection
                        .traces()
                        .traceWrite(
                                TraceWriteRequest.newBuilder()
                                        .setCollection(collection)
                                        .setToken(token.toProto())
                                        .build());
        if (output.json()) {
            output.message(found);
            return Client.OK;
        }
        output.line("write " + Names.token(found.getToken()));
        if (!found.getPointId().isEmpty()) {
            output.line(
                    "point "
                            + Printable.of(found.getPointId())
                            + ", "
                            + Names.of(found.getKind(), "RECORD_KIND_"));
        }
        if (found.getCompacted()) {
            output.line("not in the log any more: a newer record of its id replaced it");
        }
        Table table = new Table("stage", "at", "");
        for (Stage stage : found.getStagesList()) {
            table.row(
                    Names.of(stage.getName(), "STAGE_NAME_"),
                    (stage.getBefore() ? "before " : "") + Names.time(stage.getAt()),
                    Printable.of(stage.getRule()));
        }
        output.table(table);
        output.line("the shard is at position " + found.getPosition());
        return Client.OK;
    }

    private int point(Connection connection, Output output, String name, String point) {
        TracePointResponse found =
                connection
                        .traces()
                        .tracePoint(
                                TracePointRequest.newBuilder()
                                        .setCollection(name)
                                        .setId(point)
                                        .setLimit(limit)
                                        .build());
        if (output.json()) {
            output.message(found);
            return Client.OK;
        }
        output.line(
                "point "
                        + Printable.of(point)
                        + ", shard "
                        + found.getShard()
                        + ": "
                        + (found.hasVersion()
                                ? "version " + found.getVersion()
                                : "there is no such point"));
        Table table = new Table("offset", "logged", "kind", "bytes");
        for (LoggedRecord record : found.getRecordsList()) {
            table.row(
                    Long.toString(record.getOffset()),
                    Names.time(record.getAt()),
                    Names.of(record.getKind(), "RECORD_KIND_"),
                    Long.toString(record.getValueBytes()));
        }
        if (found.getRecordsCount() > 0) {
            output.table(table);
        }
        if (found.getMore()) {
            output.line("there are more; --limit shows them");
        }
        output.line("the topic was read from offset " + found.getReadFrom());
        output.line(Style.DIM.of(FreshnessText.of(found.getFreshness())));
        return Client.OK;
    }
}
