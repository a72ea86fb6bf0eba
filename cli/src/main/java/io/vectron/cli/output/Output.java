package io.vectron.cli.output;

import com.google.protobuf.Message;
import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Style;
import io.vectron.cli.terminal.Table;
import io.vectron.common.json.MessageJson;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Results of a command, always UTF-8. Used by one thread at a time. */
public final class Output implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 14;

    private final PrintStream reader;
    private final PrintStream out; // in front of the reader's
    private final boolean json;

    /**
     * An output to any stream.
     *
     * @param json print JSON lines instead of text
     */
    public Output(PrintStream reader, boolean json) {
        this.reader = reader;
        OutputStream buffered = new BufferedOutputStream(reader, BUFFER_BYTES);
        out = new PrintStream(buffered, false, StandardCharsets.UTF_8);
        this.json = json;
    }

    /** The output of this process. */
    public static Output standard(boolean json) {
        return new Output(System.out, json);
    }

    /** Nobody reads what is written any more. */
    public static final class BrokenPipeException extends RuntimeException {
        BrokenPipeException() {
            super("the reader of standard output is gone", null, false, false);
        }
    }

    /** Whether JSON lines are asked for. */
    public boolean json() {
        return json;
    }

    /** Prints a line for people; text of others must have gone through {@link Printable}. */
    public void line(String text) {
        out.print(text + "\n");
    }

    /** Prints a table with its headings. */
    public void table(Table table) {
        List<String> lines = table.lines();
        line(Style.BOLD.of(lines.getFirst()));
        lines.subList(1, lines.size()).forEach(this::line);
    }

    /** Prints a message on a line, as REST answers it. */
    public void message(Message message) {
        object(json -> MessageJson.writeFields(message, json));
    }

    /** Prints an object on a line. */
    public void object(JsonLine.Fields fields) {
        line(Printable.json(JsonLine.of(fields)));
    }

    /**
     * Hands everything to the reader.
     *
     * @throws BrokenPipeException if there is none
     */
    public void flush() {
        out.flush();
        // A PrintStream keeps failures to itself, until it is asked.
        if (reader.checkError()) {
            throw new BrokenPipeException();
        }
    }

    @Override
    public void close() {
        flush();
    }
}
