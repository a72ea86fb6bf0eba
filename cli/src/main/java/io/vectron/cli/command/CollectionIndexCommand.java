package io.vectron.cli.command;

import io.vectron.cli.client.Connection;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.Table;
import io.vectron.proto.v1.GetCollectionIndexRequest;
import io.vectron.proto.v1.GetCollectionIndexResponse;
import io.vectron.proto.v1.IndexReport;
import io.vectron.proto.v1.IndexSegment;
import io.vectron.proto.v1.ReplicaIndex;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vectron collection index}. */
@Command(
        name = "index",
        sortOptions = false,
        description = {
            "Shows what the index of a collection is made of, replica by replica, and on request"
                    + " how well it is searched.",
            "The exit code is 1 if a worker does not answer, or an index has a problem."
        })
final class CollectionIndexCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The collection.")
    private String name = "";

    @Option(
            names = "--sample",
            paramLabel = "N",
            description =
                    "Compare the true neighbours of N rows of each replica, up to 1,000, with those"
                            + " that a search finds. Each row costs a look at all of them; half of"
                            + " --timeout is spent at most. Default: 0.")
    private int sample;

    @Mixin private final ClientOptions options = new ClientOptions();

    CollectionIndexCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        return Client.run(options, this::show);
    }

    private int show(Connection connection, Output output) throws IOException {
        GetCollectionIndexResponse index =
                connection
                        .collections()
                        .getCollectionIndex(
                                GetCollectionIndexRequest.newBuilder()
                                        .setName(name)
                                        .setSample(sample)
                                        .build());
        if (output.json()) {
            output.message(index);
        } else {
            output.line("layout: " + Names.of(index.getIndex().getLayout(), "SEGMENT_LAYOUT_"));
            for (ReplicaIndex replica : index.getReplicasList()) {
                output.line("");
                print(replica, output);
            }
        }
        return index.getReplicasList().stream().allMatch(CollectionIndexCommand::well)
                ? Client.OK
                : Client.FAILED;
    }

    private static boolean well(ReplicaIndex replica) {
        return replica.getAnswered() && replica.getReport().getProblem().isEmpty();
    }

    private static void print(ReplicaIndex replica, Output output) {
        String title = "shard " + replica.getShard() + " on " + Printable.of(replica.getWorker());
        if (!replica.getAnswered()) {
            output.line(title + ": does not answer: " + Printable.of(replica.getProblem()));
            return;
        }
        IndexReport report = replica.getReport();
        output.line(title + ": " + summary(report));
        if (!report.getProblem().isEmpty()) {
            output.line("problem: " + Printable.of(report.getProblem()));
        }
        Table segments = new Table("segment", "layout", "format", "rows", "dead", "MB");
        for (IndexSegment segment : report.getSegmentsList()) {
            boolean inFile = segment.hasLayout();
            segments.row(
                    Names.of(segment.getKind(), "SEGMENT_KIND_"),
                    inFile ? Names.of(segment.getLayout(), "SEGMENT_LAYOUT_") : "",
                    inFile ? Integer.toString(segment.getFormat()) : "",
                    CollectionView.number(segment.getRows()),
                    CollectionView.number(segment.getDeadRows()),
                    String.format(Locale.ROOT, "%,.1f", segment.getBytes() / 1e6));
        }
        output.table(segments);
    }

    private static String summary(IndexReport report) {
        StringBuilder line = new StringBuilder("position ");
        line.append(CollectionView.number(report.getPosition()));
        if (report.getPendingRows() > 0) {
            line.append(", ").append(CollectionView.number(report.getPendingRows()));
            line.append(" rows wait for a graph");
        }
        if (!report.getTask().isEmpty()) {
            line.append(", ").append(Printable.of(report.getTask()));
        }
        if (report.hasRecall()) {
            line.append(
                    String.format(
                            Locale.ROOT,
                            ", recall@10 %.4f of %d sampled rows",
                            report.getRecall(),
                            report.getSampledRows()));
        }
        return line.toString();
    }
}
