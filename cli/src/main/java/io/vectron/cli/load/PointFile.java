package io.vectron.cli.load;

import io.vectron.cli.client.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Kinds of files that points can be read from. */
public enum PointFile {
    /** One JSON object a line. */
    JSONL,
    /** Half floats, as in the big-ann benchmarks. */
    F16BIN,
    /** Unsigned bytes, as in the big-ann benchmarks. */
    U8BIN,
    /** Floats, as in the big-ann benchmarks. */
    FBIN,
    /** A table of NumPy's. */
    NPY;

    /** The kind that a name ends with. */
    public static PointFile of(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        for (PointFile kind : values()) {
            if (name.endsWith("." + kind.name().toLowerCase(Locale.ROOT))) {
                return kind;
            }
        }
        if (name.endsWith(".ndjson")) {
            return JSONL;
        }
        throw new CommandException(
                "the kind of "
                        + file
                        + " is not known by its name; --format tells it: jsonl,"
                        + " f16bin, u8bin, fbin, npy");
    }

    /**
     * How points of a file are read.
     *
     * @param idPrefix what ids of rows begin with; JSON lines have ids of their own
     * @param vectorName name of the vector that rows are
     * @param from lines or rows to pass over
     */
    public record Reading(String idPrefix, String vectorName, long from) {
        public Reading {
            if (from < 0) {
                throw new IllegalArgumentException("--from is negative: " + from);
            }
        }
    }

    /** Opens a file of this kind. */
    public PointSource open(Path file, Reading reading) throws IOException {
        if (Files.isDirectory(file)) {
            throw new CommandException("a folder, not a file: " + file);
        }
        return switch (this) {
            case JSONL -> JsonLinesSource.of(file, reading.from());
            case F16BIN, U8BIN, FBIN, NPY -> openRows(file, reading);
        };
    }

    /** Lines of a stream, such as standard input; closed with the source. */
    public static PointSource lines(InputStream in) {
        return new JsonLinesSource(in, 0);
    }

    private PointSource openRows(Path file, Reading reading) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            RowFormat.Layout layout =
                    switch (this) {
                        case F16BIN -> Layouts.bigAnn(channel, RowFormat.F16);
                        case U8BIN -> Layouts.bigAnn(channel, RowFormat.U8);
                        case FBIN -> Layouts.bigAnn(channel, RowFormat.F32);
                        case NPY -> Layouts.npy(channel);
                        case JSONL -> throw new IllegalStateException("lines are no rows");
                    };
            return new RowSource(
                    channel, layout, reading.idPrefix(), reading.vectorName(), reading.from());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
