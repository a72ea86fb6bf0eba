package io.vectron.cli.command;

import io.vectron.cli.client.Connection;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Printable;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.ShardCondition;
import io.vectron.proto.v1.ShardStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A collection as commands ask for it and show it. */
final class CollectionView {
    private CollectionView() {}

    static Collection describe(Connection connection, String name) {
        return connection
                .collections()
                .describeCollection(DescribeCollectionRequest.newBuilder().setName(name).build())
                .getCollection();
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** The points, marked if a shard did not tell its own. */
    static String points(Collection collection) {
        boolean all = collection.getShardsList().stream().allMatch(ShardStatus::getAnswered);
        return (all ? "" : "at least ") + number(collection.getPoints());
    }

    /** What is the matter with its shards, a line each. */
    static List<String> troubles(Collection collection) {
        List<String> lines = new ArrayList<>();
        boolean diverged = false;
        for (ShardStatus shard : collection.getShardsList()) {
            diverged |= shard.getCondition() == ShardCondition.SHARD_CONDITION_LOG_DIVERGED;
            if (!shard.getProblem().isEmpty()) {
                lines.add(
                        "shard "
                                + shard.getShard()
                                + " is "
                                + Names.of(shard.getCondition(), "SHARD_CONDITION_")
                                        .replace('_', ' ')
                                + ": "
                                + Printable.of(shard.getProblem()));
            }
        }
        if (diverged) {
            lines.add(
                    "vectron collection rebuild "
                            + Printable.of(collection.getFacts().getName())
                            + " makes shards anew whose log diverged");
        }
        return lines;
    }

    static String vectors(CollectionFacts facts) {
        return facts.getVectorsList().stream()
                .map(vector ->
                        (vector.getName().isEmpty() ? "" : vector.getName() + ": ")
                                + vector.getDimension()
                                + " "
                                + Names.of(vector.getMetric(), "METRIC_"))
                .collect(Collectors.joining(", "));
    }
}
