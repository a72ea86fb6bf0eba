package io.vectron.cli.output;

import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Style;
import io.vectron.cli.terminal.Table;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Results of a command, always UTF-8. Used by one thread at a time. */
public final class Output implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 14;

    private final PrintStream out;
    private final boolean json;

    /**
     * An output to any stream.
     *
     * @param json print JSON lines instead of text
     */
    public Output(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** The output of this process. */
    public static Output standard(boolean json) {
        var file = new FileOutputStream(FileDescriptor.out);
        var buffered = new java.io.BufferedOutputStream(file, BUFFER_BYTES);
        return new Output(new PrintStream(buffered, false, StandardCharsets.UTF_8), json);
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
        // Flushes, too; a PrintStream keeps failures to itself.
        if (out.checkError()) {
            throw new BrokenPipeException();
        }
    }

    @Override
    public void close() {
        flush();
    }
}
