package io.vectron.cli.command;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vectron.cli.client.Connection;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.Table;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.History;
import io.vectron.proto.log.v1.IndexParameters;
import io.vectron.proto.log.v1.Metric;
import io.vectron.proto.log.v1.SegmentLayout;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.CreateCollectionRequest;
import io.vectron.proto.v1.DeleteCollectionRequest;
import io.vectron.proto.v1.ListCollectionsRequest;
import io.vectron.proto.v1.ShardStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vectron collection}. */
@Command(
        name = "collection",
        description = "Create, list, describe, mend and delete collections.",
        subcommands = {
            CollectionCommand.Create.class,
            CollectionCommand.Describe.class,
            CollectionIndexCommand.class,
            CollectionCommand.ListAll.class,
            CollectionRebuildCommand.class,
            CollectionCommand.Delete.class
        })
public final class CollectionCommand {
    CollectionCommand() {}

    /** How distances are measured. */
    enum MetricName {
        cosine(Metric.METRIC_COSINE),
        dot(Metric.METRIC_DOT),
        euclidean(Metric.METRIC_EUCLIDEAN);

        private final Metric metric;

        MetricName(Metric metric) {
            this.metric = metric;
        }

        Metric metric() {
            return metric;
        }
    }

    /** How much of the past a topic keeps. */
    enum HistoryName {
        compact(History.HISTORY_COMPACT),
        full(History.HISTORY_FULL);

        private final History history;

        HistoryName(History history) {
            this.history = history;
        }
    }

    /** What segments in files keep of a row. */
    enum LayoutName {
        auto(SegmentLayout.SEGMENT_LAYOUT_AUTO),
        compact(SegmentLayout.SEGMENT_LAYOUT_COMPACT),
        fused(SegmentLayout.SEGMENT_LAYOUT_FUSED);

        private final SegmentLayout layout;

        LayoutName(SegmentLayout layout) {
            this.layout = layout;
        }
    }

    /** {@code vectron collection create}. */
    @Command(
            name = "create",
            sortOptions = false,
            description = "Creates a collection; returns when it can be written and searched.")
    static final class Create implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "Name: a-z, 0-9, _ and -.")
        private String name = "";

        @Option(
                names = "--dimension",
                paramLabel = "N",
                required = true,
                description = "Components of every vector.")
        private int dimension;

        @Option(
                names = "--metric",
                paramLabel = "METRIC",
                required = true,
                description = "How distances are measured: ${COMPLETION-CANDIDATES}.")
        private MetricName metric = MetricName.cosine;

        @Option(
                names = "--vector-name",
                paramLabel = "NAME",
                description = "Name of the vector; default: none.")
        private String vectorName = "";

        @Option(
                names = "--shards",
                paramLabel = "N",
                description = "Partitions of the topic; default: 1.")
        private int shards = 1;

        @Option(
                names = "--replication-factor",
                paramLabel = "N",
                description =
                        "Copies of each shard that vote, on as many workers: 1, 3 or 5;"
                                + " default: 1.")
        private int replicationFactor = 1;

        @Option(
                names = "--history",
                paramLabel = "HISTORY",
                description =
                        "What the topic keeps: ${COMPLETION-CANDIDATES}; default: compact, the"
                                + " last record of each id.")
        private HistoryName history = HistoryName.compact;

        @Option(
                names = "--layout",
                paramLabel = "LAYOUT",
                description =
                        "What the index keeps in its files: ${COMPLETION-CANDIDATES}. fused takes"
                                + " more memory than compact and is faster; default: auto, by the"
                                + " data.")
        private LayoutName layout = LayoutName.auto;

        @Option(
                names = "--if-absent",
                description = "Leave a collection of that name as it is, without an error.")
        private boolean ifAbsent;

        @Mixin private final ClientOptions options = new ClientOptions();

        Create() {}

        @Override
        public Integer call() throws InterruptedException {
            return Client.run(options, this::create);
        }

        private int create(Connection connection, Output output) throws IOException {
            CreateCollectionRequest request =
                    CreateCollectionRequest.newBuilder()
                            .setName(name)
                            .addVectors(
                                    VectorSpec.newBuilder()
                                            .setName(vectorName)
                                            .setDimension(dimension)
                                            .setMetric(metric.metric()))
                            .setShards(shards)
                            .setReplicationFactor(replicationFactor)
                            .setHistory(history.history)
                            .setIndex(IndexParameters.newBuilder().setLayout(layout.layout))
                            .build();
            Collection collection;
            boolean created = true;
            try {
                collection = connection.collections().createCollection(request).getCollection();
            } catch (StatusRuntimeException e) {
                if (!ifAbsent || e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                    throw e;
                }
                collection = CollectionView.describe(connection, name);
                created = false;
            }
            if (output.json()) {
                output.message(collection);
            } else {
                output.line((created ? "created " : "exists already: ") + name);
                output.line("topic: " + collection.getFacts().getTopic());
            }
            return Client.OK;
        }
    }

    /** {@code vectron collection list}. */
    @Command(name = "list", sortOptions = false, description = "Lists the collections by name.")
    static final class ListAll implements Callable<Integer> {
        @Mixin private final ClientOptions options = new ClientOptions();

        ListAll() {}

        @Override
        public Integer call() throws InterruptedException {
            return Client.run(options, this::list);
        }

        private int list(Connection connection, Output output) throws IOException {
            var found =
                    connection
                            .collections()
                            .listCollections(ListCollectionsRequest.getDefaultInstance())
                            .getCollectionsList();
            if (output.json()) {
                found.forEach(collection -> output.message(collection));
                return Client.OK;
            }
            if (found.isEmpty()) {
                output.line("no collections; vectron collection create makes one");
                return Client.OK;
            }
            Table table = new Table("name", "state", "points", "vectors", "shards", "created");
            for (Collection collection : found) {
                CollectionFacts facts = collection.getFacts();
                table.row(
                        Printable.of(facts.getName()),
                        Names.of(collection.getState(), "COLLECTION_STATE_"),
                        CollectionView.points(collection),
                        CollectionView.vectors(facts),
                        Integer.toString(facts.getShards()),
                        Instant.ofEpochMilli(facts.getCreatedAtMs()).toString());
            }
            output.table(table);
            return Client.OK;
        }
    }

    /** {@code vectron collection describe}. */
    @Command(
            name = "describe",
            sortOptions = false,
            description = "Shows a collection: its facts, and how each shard stands.")
    static final class Describe implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "The collection.")
        private String name = "";

        @Mixin private final ClientOptions options = new ClientOptions();

        Describe() {}

        @Override
        public Integer call() throws InterruptedException {
            return Client.run(options, this::show);
        }

        private int show(Connection connection, Output output) throws IOException {
            Collection collection = CollectionView.describe(connection, name);
            if (output.json()) {
                output.message(collection);
                return Client.OK;
            }
            CollectionFacts facts = collection.getFacts();
            Table about = new Table("collection", Printable.of(facts.getName()));
            about.row("state", Names.of(collection.getState(), "COLLECTION_STATE_"));
            about.row("points", CollectionView.points(collection));
            about.row("vectors", CollectionView.vectors(facts));
            about.row("replicas", Integer.toString(Math.max(1, facts.getReplicationFactor())));
            about.row("history", Names.of(facts.getHistory(), "HISTORY_"));
            about.row("layout", Names.of(collection.getIndex().getLayout(), "SEGMENT_LAYOUT_"));
            about.row("created", Instant.ofEpochMilli(facts.getCreatedAtMs()).toString());
            about.row("id", facts.getId());
            about.row("topic", facts.getTopic());
            about.row("topic id", collection.getTopicId());
            about.row("dead letters", facts.getDeadLetterTopic());
            output.table(about);
            output.line("");
            Table shards = new Table("shard", "worker", "points", "in graph", "position", "behind");
            for (ShardStatus shard : collection.getShardsList()) {
                String unknown = "?";
                boolean answered = shard.getAnswered();
                shards.row(
                        Integer.toString(shard.getShard()),
                        answered ? Printable.of(shard.getWorker()) : "does not answer",
                        answered ? CollectionView.number(shard.getPoints()) : unknown,
                        answered ? CollectionView.number(shard.getGraphPoints()) : unknown,
                        answered ? CollectionView.number(shard.getPosition()) : unknown,
                        answered && shard.getLogEnd() >= 0
                                ? CollectionView.number(
                                        Math.max(0, shard.getLogEnd() - shard.getPosition()))
                                : unknown);
            }
            output.table(shards);
            CollectionView.troubles(collection).forEach(output::line);
            return Client.OK;
        }
    }

    /** {@code vectron collection delete}. */
    @Command(
            name = "delete",
            sortOptions = false,
            description =
                    "Deletes a collection with its topic, for good; asks before, on a terminal.")
    static final class Delete implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "The collection.")
        private String name = "";

        @Option(names = "--yes", description = "Do not ask.")
        private boolean yes;

        @Mixin private final ClientOptions options = new ClientOptions();

        Delete() {}

        @Override
        public Integer call() throws InterruptedException {
            return Client.run(options, this::delete);
        }

        private int delete(Connection connection, Output output) throws IOException {
            if (!yes) {
                Collection collection = CollectionView.describe(connection, name);
                Confirmation.require(
                        false,
                        "delete collection "
                                + name
                                + " with "
                                + CollectionView.points(collection)
                                + " points");
            }
            connection
                    .collections()
                    .deleteCollection(DeleteCollectionRequest.newBuilder().setName(name).build());
            if (output.json()) {
                output.object(json -> json.writeStringField("deleted", name));
            } else {
                output.line("deleted " + name);
            }
            return Client.OK;
        }
    }
}
