package io.vectron.cli.load;

import io.vectron.cli.client.CommandException;
import io.vectron.cli.load.RowFormat.Layout;
import io.vectron.common.limit.Limits;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Heads of files of vectors: those of the big-ann benchmarks (two little-endian uint32, rows and
 * columns, then the rows) and NumPy's {@code .npy}, versions 1 to 3.
 */
final class Layouts {
    private static final int BIG_ANN_HEAD = 8;
    private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int NPY_HEAD_LIMIT = 1 << 16;
    private static final Pattern DESCRIPTION = Pattern.compile("'descr':\\s*'([<>|=]?)([a-z]\\d)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE =
            Pattern.compile("'shape':\\s*\\(\\s*(\\d{1,18})\\s*,\\s*(\\d{1,9})\\s*,?\\s*\\)");

    private Layouts() {}

    static Layout bigAnn(FileChannel file, RowFormat format) throws IOException {
        ByteBuffer head = read(file, 0, BIG_ANN_HEAD).order(ByteOrder.LITTLE_ENDIAN);
        long rows = Integer.toUnsignedLong(head.getInt(0));
        long columns = Integer.toUnsignedLong(head.getInt(4));
        return checked(file, format, ByteOrder.LITTLE_ENDIAN, BIG_ANN_HEAD, rows, columns);
    }

    static Layout npy(FileChannel file) throws IOException {
        ByteBuffer start = read(file, 0, NPY_MAGIC.length + 2).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < NPY_MAGIC.length; i++) {
            if (start.get(i) != NPY_MAGIC[i]) {
                throw new CommandException("no .npy file: it does not begin like one");
            }
        }
        int version = start.get(NPY_MAGIC.length);
        int lengthBytes = version == 1 ? 2 : 4;
        int at = NPY_MAGIC.length + 2;
        ByteBuffer length = read(file, at, lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        long headBytes =
                version == 1
                        ? Short.toUnsignedLong(length.getShort(0))
                        : Integer.toUnsignedLong(length.getInt(0));
        if (version < 1 || version > 3 || headBytes > NPY_HEAD_LIMIT) {
            throw new CommandException(
                    "a .npy file of version "
                            + version
                            + " with a head of "
                            + headBytes
                            + " bytes is not supported");
        }
        ByteBuffer text = read(file, at + lengthBytes, (int) headBytes);
        String head = StandardCharsets.UTF_8.decode(text).toString();
        return npy(file, head, at + lengthBytes + headBytes);
    }

    private static Layout npy(FileChannel file, String head, long start) throws IOException {
        Matcher description = DESCRIPTION.matcher(head);
        Matcher order = ORDER.matcher(head);
        Matcher shape = SHAPE.matcher(head);
        if (!description.find() || !order.find()) {
            throw new CommandException("the .npy file holds no plain numbers: " + head.strip());
        }
        if (!shape.find()) {
            throw new CommandException(
                    "the .npy file is no table of rows and columns: " + head.strip());
        }
        if (order.group(1).equals("True")) {
            throw new CommandException(
                    "the .npy file is in Fortran order; save it with numpy.ascontiguousarray");
        }
        ByteOrder bytes =
                description.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return checked(
                file,
                format(description.group(2)),
                bytes,
                start,
                Long.parseLong(shape.group(1)),
                Long.parseLong(shape.group(2)));
    }

    private static RowFormat format(String name) {
        return switch (name) {
            case "f2" -> RowFormat.F16;
            case "f4" -> RowFormat.F32;
            case "f8" -> RowFormat.F64;
            case "u1" -> RowFormat.U8;
            case "i1" -> RowFormat.I8;
            default ->
                    throw new CommandException(
                            "numbers of type "
                                    + name
                                    + " are not supported; use f2, f4, f8, u1 or"
                                    + " i1");
        };
    }

    private static Layout checked(
            FileChannel file,
            RowFormat format,
            ByteOrder order,
            long start,
            long rows,
            long columns)
            throws IOException {
        if (columns < 1 || columns > Limits.DIMENSION) {
            throw new CommandException(
                    "the file says that it has "
                            + columns
                            + " columns; 1 to "
                            + Limits.DIMENSION
                            + " are possible");
        }
        Layout layout;
        long needed;
        try {
            layout = new Layout(format, order, start, rows, (int) columns);
            needed = layout.fileBytes();
        } catch (ArithmeticException e) {
            throw new CommandException("the file says that it has " + rows + " rows", e);
        }
        if (file.size() != needed) {
            throw new CommandException(
                    "the file should have "
                            + needed
                            + " bytes for "
                            + rows
                            + " rows of "
                            + columns
                            + " components, but has "
                            + file.size());
        }
        return layout;
    }

    static ByteBuffer read(FileChannel file, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        readFully(file, at, buffer);
        return buffer;
    }

    /** Fills the buffer and flips it. */
    static void readFully(FileChannel file, long at, ByteBuffer buffer) throws IOException {
        long position = at;
        while (buffer.hasRemaining()) {
            int read = file.read(buffer, position);
            if (read < 0) {
                throw new EOFException("the file ends at byte " + position);
            }
            position += read;
        }
        buffer.flip();
    }
}
