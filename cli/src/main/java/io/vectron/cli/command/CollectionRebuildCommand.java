package io.vectron.cli.command;

import io.vectron.cli.client.Connection;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.Table;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.RebuildCollectionRequest;
import io.vectron.proto.v1.RebuildCollectionResponse;
import io.vectron.proto.v1.RebuildOutcome;
import io.vectron.proto.v1.ShardRebuild;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vectron collection rebuild}. */
@Command(
        name = "rebuild",
        sortOptions = false,
        description = {
            "Makes shards anew from what their log holds now, if the log is not the one that they"
                    + " were made from (LOG_DIVERGED). What the log does not hold any more will be"
                    + " gone; asks before, on a terminal. Leaves shards that work as they are."
        })
final class CollectionRebuildCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The collection.")
    private String name = "";

    @Option(
            names = "--shard",
            paramLabel = "N",
            description = "A shard, by its number; may be repeated. Default: all that diverged.")
    private List<Integer> shards = new ArrayList<>();

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Mixin private final ClientOptions options = new ClientOptions();

    CollectionRebuildCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        return Client.run(options, this::rebuild);
    }

    private int rebuild(Connection connection, Output output) throws IOException {
        if (!yes) {
            Collection collection = CollectionView.describe(connection, name);
            CollectionView.troubles(collection).forEach(output::line);
            Confirmation.require(
                    false,
                    "make shards of "
                            + name
                            + " anew, without the points whose records are gone from the log");
        }
        RebuildCollectionResponse answer =
                connection
                        .collections()
                        .rebuildCollection(
                                RebuildCollectionRequest.newBuilder()
                                        .setName(name)
                                        .addAllShards(shards)
                                        .build());
        if (output.json()) {
            output.message(answer);
        } else {
            Table table = new Table("shard", "rebuild", "");
            for (ShardRebuild shard : answer.getShardsList()) {
                table.row(
                        Integer.toString(shard.getShard()),
                        Names.of(shard.getOutcome(), "REBUILD_OUTCOME_"),
                        Printable.of(shard.getDetail()));
            }
            output.table(table);
        }
        return answer.getShardsList().stream().anyMatch(CollectionRebuildCommand::isStuck)
                ? Client.FAILED
                : Client.OK;
    }

    /** It stands still, and this command has not changed that. */
    private static boolean isStuck(ShardRebuild shard) {
        return shard.getOutcome() == RebuildOutcome.REBUILD_OUTCOME_NO_ROOM
                || shard.getOutcome() == RebuildOutcome.REBUILD_OUTCOME_OTHER_TOPIC;
    }
}
