package io.vectron.cli.command;

import io.vectron.cli.client.Connection;
import io.vectron.cli.output.Names;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.Table;
import io.vectron.proto.v1.DeadLetter;
import io.vectron.proto.v1.GetDeadLetterRequest;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.ListDeadLettersResponse;
import io.vectron.proto.v1.RecordHeader;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vectron dlq}. */
@Command(
        name = "dlq",
        description = "Look through the records that a collection refused, and settle them.",
        subcommands = {
            LetterCommand.ListAll.class,
            LetterCommand.Show.class,
            LetterSettling.Retry.class,
            LetterSettling.Drop.class
        })
public final class LetterCommand {
    LetterCommand() {}

    /** {@code vectron dlq list}. */
    @Command(
            name = "list",
            sortOptions = false,
            description =
                    "Lists dead letters by partition and offset; open ones, if not told else.")
    static final class ListAll implements Callable<Integer> {
        private static final int PAGE = 1_000;

        @Spec private CommandSpec command;

        @Mixin private final CollectionOption collection = new CollectionOption();
        @Mixin private final LetterFilterOptions filter = new LetterFilterOptions();

        @Option(names = "--settled", description = "Settled ones, too.")
        private boolean settled;

        @Option(names = "--limit", paramLabel = "N", description = "At most so many; default: 100.")
        private int limit = 100;

        @Mixin private final ClientOptions options = new ClientOptions();

        @SuppressWarnings("NullAway.Init") // picocli sets the specification
        ListAll() {}

        @Override
        public Integer call() throws InterruptedException {
            if (limit < 1) {
                throw new ParameterException(command.commandLine(), "--limit must be 1 or more");
            }
            return Client.run(options, this::list);
        }

        private int list(Connection connection, Output output) {
            Table table = new Table("id", "state", "rule", "point", "refused", "source", "retries");
            String page = "";
            int told = 0;
            boolean more;
            do {
                ListDeadLettersResponse response =
                        connection
                                .letters()
                                .listDeadLetters(
                                        ListDeadLettersRequest.newBuilder()
                                                .setCollection(collection.name())
                                                .setFilter(filter.filter(settled))
                                                .setPageSize(Math.min(PAGE, limit - told))
                                                .setPageToken(page)
                                                .build());
                for (DeadLetter letter : response.getLettersList()) {
                    told++;
                    if (output.json()) {
                        output.message(letter);
                    } else {
                        add(letter, table);
                    }
                }
                page = response.getNextPageToken();
                more = !page.isEmpty();
            } while (more && told < limit);
            if (!output.json()) {
                if (told == 0) {
                    output.line(settled ? "no dead letters" : "no open dead letters");
                } else {
                    output.table(table);
                }
                if (more) {
                    output.line("there may be more; --limit shows them");
                }
            }
            return Client.OK;
        }

        private static void add(DeadLetter letter, Table table) {
            table.row(
                    letter.getId(),
                    Names.of(letter.getState(), "DEAD_LETTER_STATE_"),
                    Printable.of(letter.getRule()),
                    letter.getPointId().isEmpty() ? "-" : Printable.of(letter.getPointId()),
                    letter.hasRejectedAt() ? Names.time(letter.getRejectedAt()) : "-",
                    letter.getSource().getPartition() + "/" + letter.getSource().getOffset(),
                    Integer.toString(letter.getRetries()));
        }
    }

    /** {@code vectron dlq show}. */
    @Command(
            name = "show",
            sortOptions = false,
            description = {
                "Shows a dead letter with its headers and its value.",
                "With --json, key, value and the values of headers are base64."
            })
    static final class Show implements Callable<Integer> {
        @Mixin private final CollectionOption collection = new CollectionOption();

        @Parameters(paramLabel = "ID", description = "The letter, such as 0-17.")
        private String id = "";

        @Mixin private final ClientOptions options = new ClientOptions();

        Show() {}

        @Override
        public Integer call() throws InterruptedException {
            return Client.run(options, this::show);
        }

        private int show(Connection connection, Output output) throws IOException {
            DeadLetter letter =
                    connection
                            .letters()
                            .getDeadLetter(
                                    GetDeadLetterRequest.newBuilder()
                                            .setCollection(collection.name())
                                            .setId(id)
                                            .build())
                            .getLetter();
            if (output.json()) {
                output.message(letter);
                return Client.OK;
            }
            Table table = new Table("dead letter", letter.getId());
            table.row("state", Names.of(letter.getState(), "DEAD_LETTER_STATE_"));
            table.row("rule", Printable.of(letter.getRule()));
            table.row("reason", Printable.of(letter.getReason()));
            table.row("point", letter.getPointId().isEmpty() ? "-" : key(letter));
            table.row("refused", letter.hasRejectedAt() ? Names.time(letter.getRejectedAt()) : "-");
            table.row("source", Names.token(letter.getSource()));
            if (letter.hasReplacedVersion()) {
                table.row("replaced version", Long.toString(letter.getReplacedVersion()));
            }
            if (!letter.getRetryOf().isEmpty()) {
                table.row("retry of", letter.getRetryOf());
            }
            if (letter.hasRetriedAs()) {
                table.row("retried as", Names.token(letter.getRetriedAs()));
            }
            for (RecordHeader header : letter.getHeadersList()) {
                table.row(
                        "header " + Printable.of(header.getKey()),
                        Printable.of(Names.readable(header.getValue())));
            }
            output.table(table);
            output.line("");
            output.line(value(letter));
            return Client.OK;
        }

        private static String key(DeadLetter letter) {
            return Printable.of(letter.getPointId());
        }

        private static String value(DeadLetter letter) {
            if (letter.getValueOmitted()) {
                return "the value of " + letter.getValueBytes() + " bytes was too large to keep";
            }
            return letter.hasValue()
                    ? Printable.of(Names.readable(letter.getValue()))
                    : "no value: the record deletes the point";
        }
    }
}
