package io.vectron.cli.load;

import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.common.record.PointLine;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One point a line, as {@link PointLine} reads it. Empty lines are passed over, but counted. */
final class JsonLinesSource implements PointSource {
    /** Longest line, bytes; numbers of a record in JSON may take more than the record does. */
    static final int LINE_BYTES = 4 * Limits.RECORD_BYTES;

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final long totalBytes;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long lines;
    private long readBytes;

    /**
     * @param in closed with this source
     * @param totalBytes what it holds; 0 if nobody knows
     */
    JsonLinesSource(InputStream in, long totalBytes) {
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
        this.totalBytes = totalBytes;
    }

    /** The lines of a file, without the first {@code skip} ones. */
    static JsonLinesSource of(Path file, long skip) throws IOException {
        JsonLinesSource source = new JsonLinesSource(Files.newInputStream(file), Files.size(file));
        source.skip(skip);
        return source;
    }

    /** Passes over lines without looking at what they hold. */
    void skip(long count) throws IOException {
        for (long i = 0; i < count && readLine() != Line.END; i++) {
            lines++;
        }
    }

    @Override
    public @Nullable Item next() throws IOException {
        while (true) {
            Line read = readLine();
            if (read == Line.END) {
                return null;
            }
            long at = lines++;
            if (read == Line.TOO_LONG) {
                return new Item.Bad(at, "longer than " + LINE_BYTES + " bytes");
            }
            byte[] bytes = line.toByteArray();
            if (isBlank(bytes)) {
                continue;
            }
            try {
                return new Item.Good(at, PointLine.parse(bytes));
            } catch (VectronException e) {
                return new Item.Bad(at, String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public boolean mayWait() throws IOException {
        return totalBytes == 0 && in.available() == 0;
    }

    @Override
    public String place() {
        return "line";
    }

    @Override
    public long done() {
        return readBytes;
    }

    @Override
    public long total() {
        return totalBytes;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private enum Line {
        WHOLE,
        TOO_LONG,
        END
    }

    /** Reads a line into {@link #line}; of one that is too long, the rest is passed over. */
    private Line readLine() throws IOException {
        line.reset();
        boolean any = false;
        boolean tooLong = false;
        for (int b = in.read(); b >= 0; b = in.read()) {
            readBytes++;
            any = true;
            if (b == '\n') {
                return tooLong ? Line.TOO_LONG : Line.WHOLE;
            }
            if (line.size() < LINE_BYTES) {
                line.write(b);
            } else {
                tooLong = true;
            }
        }
        return !any ? Line.END : tooLong ? Line.TOO_LONG : Line.WHOLE;
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
