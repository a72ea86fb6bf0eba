package io.vectron.bench.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A mapped file of rows: two little-endian uint32 (rows, columns), then the values row by row. The
 * mapping lives until the garbage collector finds it unused. Safe for use by several threads.
 */
final class MappedRows {
    private static final long HEADER_BYTES = 8;
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Type type;
    private final MemorySegment bytes;
    private final int rows;
    private final int columns;

    /** What the values are; the file's name ends with it. */
    enum Type {
        F16BIN(2),
        U8BIN(1),
        IBIN(4);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        private String suffix() {
            return "." + name().toLowerCase(Locale.ROOT);
        }
    }

    private MappedRows(Path file, Type type, MemorySegment bytes) throws DataException {
        this.file = file;
        this.type = type;
        this.bytes = bytes;
        if (bytes.byteSize() < HEADER_BYTES) {
            throw new DataException(file, "too short for a header: " + bytes.byteSize() + " bytes");
        }
        this.rows = bytes.get(INT, 0);
        this.columns = bytes.get(INT, 4);
        if (rows < 1 || columns < 1) {
            throw new DataException(file, "says that it has " + rows + " x " + columns + " values");
        }
        long expected = HEADER_BYTES + (long) rows * columns * type.bytes;
        if (bytes.byteSize() != expected) {
            throw new DataException(
                    file,
                    "says "
                            + rows
                            + " x "
                            + columns
                            + " values, which take "
                            + expected
                            + " bytes, but has "
                            + bytes.byteSize());
        }
    }

    /**
     * Maps the one file of a folder that has this name and one of these types.
     *
     * @throws DataException if there is none, there are several, or it is not what it says
     */
    static MappedRows open(Path folder, String name, Type... types) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder, "no such folder");
        }
        List<Type> there =
                Stream.of(types)
                        .filter(type -> Files.isRegularFile(folder.resolve(name + type.suffix())))
                        .toList();
        if (there.size() != 1) {
            String names =
                    Stream.of(types)
                            .map(type -> name + type.suffix())
                            .collect(Collectors.joining(" or "));
            throw new DataException(
                    folder, there.isEmpty() ? "has no " + names : "has more than one of " + names);
        }
        Path file = folder.resolve(name + there.getFirst().suffix());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            return new MappedRows(file, there.getFirst(), bytes);
        }
    }

    Path file() {
        return file;
    }

    Type type() {
        return type;
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** Writes a row as floats to {@code to[at..]}. */
    void read(int row, float[] to, int at) {
        long from = HEADER_BYTES + (long) row * columns * type.bytes;
        for (int i = 0; i < columns; i++) {
            to[at + i] =
                    switch (type) {
                        case F16BIN -> Float.float16ToFloat(bytes.get(SHORT, from + 2L * i));
                        case U8BIN -> bytes.get(ValueLayout.JAVA_BYTE, from + i) & 0xFF;
                        case IBIN -> bytes.get(INT, from + 4L * i);
                    };
        }
    }

    /** A row of an {@code .ibin} as it is. */
    int[] ints(int row) {
        int[] values = new int[columns];
        long from = HEADER_BYTES + (long) row * columns * type.bytes;
        for (int i = 0; i < columns; i++) {
            values[i] = bytes.get(INT, from + 4L * i);
        }
        return values;
    }

    /** Adds the bytes of header and first {@code count} rows to a checksum. */
    void addTo(CRC32C checksum, int count) {
        long end = HEADER_BYTES + (long) count * columns * type.bytes;
        long step = 1 << 26;
        for (long at = 0; at < end; at += step) {
            checksum.update(bytes.asSlice(at, Math.min(step, end - at)).asByteBuffer());
        }
    }
}
