package io.vectron.cli.command;

import io.vectron.cli.client.Connection;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.Table;
import io.vectron.common.limit.Limits;
import io.vectron.proto.v1.DeadLetterIds;
import io.vectron.proto.v1.DeadLetterSelection;
import io.vectron.proto.v1.DropDeadLettersRequest;
import io.vectron.proto.v1.DropDeadLettersResponse;
import io.vectron.proto.v1.RetryDeadLettersRequest;
import io.vectron.proto.v1.RetryDeadLettersResponse;
import io.vectron.proto.v1.RetryResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vectron dlq retry} and {@code vectron dlq drop}. */
final class LetterSettling {
    private LetterSettling() {}

    /** Which letters, of those that are open. Filled by picocli. */
    static final class Choice {
        @Spec(Spec.Target.MIXEE)
        private @Nullable CommandSpec command;

        @Mixin private final CollectionOption collection = new CollectionOption();

        @Parameters(paramLabel = "ID", arity = "0..*", description = "Letters, such as 0-17.")
        private List<String> ids = List.of();

        @Mixin private final LetterFilterOptions filter = new LetterFilterOptions();

        @Option(names = "--all", description = "All open letters.")
        private boolean all;

        String collection() {
            return collection.name();
        }

        /** The choice, a selection a call; of a filter there is one, whose pages are followed. */
        List<DeadLetterSelection> selections() {
            int ways = (ids.isEmpty() ? 0 : 1) + (filter.any() ? 1 : 0) + (all ? 1 : 0);
            if (ways != 1 && command != null) {
                throw new ParameterException(
                        command.commandLine(),
                        "say which letters: either ids, or some of --rule, --since, --until, or"
                                + " --all");
            }
            if (ids.isEmpty()) {
                return List.of(
                        DeadLetterSelection.newBuilder().setFilter(filter.filter(false)).build());
            }
            List<DeadLetterSelection> selections = new ArrayList<>();
            for (int from = 0; from < ids.size(); from += Limits.POINTS_PER_REQUEST) {
                int to = Math.min(ids.size(), from + Limits.POINTS_PER_REQUEST);
                selections.add(
                        DeadLetterSelection.newBuilder()
                                .setIds(DeadLetterIds.newBuilder().addAllIds(ids.subList(from, to)))
                                .build());
            }
            return selections;
        }

        String text() {
            return ids.isEmpty()
                    ? (all ? "all open dead letters" : "the dead letters chosen")
                    : ids.size() + (ids.size() == 1 ? " dead letter" : " dead letters");
        }
    }

    /** {@code vectron dlq retry}. */
    @Command(
            name = "retry",
            sortOptions = false,
            description = {
                "Writes the original records again, to the partition that their ids belong to.",
                "A letter whose point has a newer version is skipped. The look at the version and"
                        + " the write are two steps: a write in between is overwritten.",
                "The exit code is 1 if a letter could not be written."
            })
    static final class Retry implements Callable<Integer> {
        @Mixin private final Choice choice = new Choice();

        @Option(names = "--force", description = "Write those with a newer version, too.")
        private boolean force;

        @Option(names = "--dry-run", description = "Tell what would be done, and do nothing.")
        private boolean dryRun;

        @Mixin private final ClientOptions options = new ClientOptions();

        Retry() {}

        @Override
        public Integer call() throws InterruptedException {
            List<DeadLetterSelection> selections = choice.selections();
            return Client.run(
                    options, (connection, output) -> retry(connection, output, selections));
        }

        private int retry(
                Connection connection, Output output, List<DeadLetterSelection> selections) {
            Table table = new Table("letter", "point", "outcome");
            int[] counts = new int[3]; // written, skipped, failed
            for (DeadLetterSelection selection : selections) {
                String page = "";
                do {
                    RetryDeadLettersResponse response =
                            connection
                                    .letters()
                                    .retryDeadLetters(
                                            RetryDeadLettersRequest.newBuilder()
                                                    .setCollection(choice.collection())
                                                    .setLetters(selection)
                                                    .setForce(force)
                                                    .setDryRun(dryRun)
                                                    .setPageToken(page)
                                                    .build());
                    for (RetryResult result : response.getResultsList()) {
                        counts[kind(result)]++;
                        if (output.json()) {
                            output.message(result);
                        } else {
                            table.row(
                                    result.getId(),
                                    Printable.of(result.getPointId()),
                                    Printable.of(text(result)));
                        }
                    }
                    page = response.getNextPageToken();
                } while (!page.isEmpty());
            }
            if (!output.json()) {
                if (counts[0] + counts[1] + counts[2] > 0) {
                    output.table(table);
                }
                output.line(
                        counts[0]
                                + (dryRun ? " would be written, " : " written, ")
                                + counts[1]
                                + " skipped, "
                                + counts[2]
                                + " failed");
            }
            return counts[2] > 0 ? Client.FAILED : Client.OK;
        }

        private static int kind(RetryResult result) {
            return switch (result.getOutcomeCase()) {
                case TOKEN, WOULD_WRITE_TO -> 0;
                case NEWER_VERSION -> 1;
                case FAILURE, OUTCOME_NOT_SET -> 2;
            };
        }

        private static String text(RetryResult result) {
            return switch (result.getOutcomeCase()) {
                case TOKEN -> "written: " + Names.token(result.getToken());
                case WOULD_WRITE_TO -> "would be written to partition " + result.getWouldWriteTo();
                case NEWER_VERSION ->
                        "skipped: the point has the newer version " + result.getNewerVersion();
                case FAILURE ->
                        result.getFailure().getReason() + ": " + result.getFailure().getMessage();
                case OUTCOME_NOT_SET -> "an outcome that this vectron does not know";
            };
        }
    }

    /** {@code vectron dlq drop}. */
    @Command(
            name = "drop",
            sortOptions = false,
            description =
                    "Settles dead letters without writing them again; asks before, on a terminal.")
    static final class Drop implements Callable<Integer> {
        @Mixin private final Choice choice = new Choice();

        @Option(names = "--yes", description = "Do not ask.")
        private boolean yes;

        @Mixin private final ClientOptions options = new ClientOptions();

        Drop() {}

        @Override
        public Integer call() throws InterruptedException {
            List<DeadLetterSelection> selections = choice.selections();
            return Client.run(
                    options, (connection, output) -> drop(connection, output, selections));
        }

        private int drop(Connection connection, Output output, List<DeadLetterSelection> selections)
                throws IOException {
            Confirmation.require(
                    yes, "drop " + choice.text() + " of collection " + choice.collection());
            int dropped = 0;
            for (DeadLetterSelection selection : selections) {
                String page = "";
                do {
                    DropDeadLettersResponse response =
                            connection
                                    .letters()
                                    .dropDeadLetters(
                                            DropDeadLettersRequest.newBuilder()
                                                    .setCollection(choice.collection())
                                                    .setLetters(selection)
                                                    .setPageToken(page)
                                                    .build());
                    for (String id : response.getIdsList()) {
                        dropped++;
                        if (output.json()) {
                            output.object(json -> json.writeStringField("dropped", id));
                        }
                    }
                    page = response.getNextPageToken();
                } while (!page.isEmpty());
            }
            if (!output.json()) {
                output.line(dropped + (dropped == 1 ? " letter dropped" : " letters dropped"));
            }
            return Client.OK;
        }
    }
}
