package io.vectron.cli.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How a component of a row is written. */
enum RowFormat {
    /** IEEE half floats. */
    F16(2) {
        @Override
        float component(ByteBuffer row, int at) {
            return Float.float16ToFloat(row.getShort(at * 2));
        }
    },
    /** IEEE floats. */
    F32(4) {
        @Override
        float component(ByteBuffer row, int at) {
            return row.getFloat(at * 4);
        }
    },
    /** IEEE doubles, taken as the nearest floats. */
    F64(8) {
        @Override
        float component(ByteBuffer row, int at) {
            return (float) row.getDouble(at * 8);
        }
    },
    /** Unsigned bytes. */
    U8(1) {
        @Override
        float component(ByteBuffer row, int at) {
            return row.get(at) & 0xff;
        }
    },
    /** Signed bytes. */
    I8(1) {
        @Override
        float component(ByteBuffer row, int at) {
            return row.get(at);
        }
    };

    private final int bytes;

    RowFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of a component. */
    int bytes() {
        return bytes;
    }

    /**
     * A component of a row.
     *
     * @param row in the byte order of its file
     */
    abstract float component(ByteBuffer row, int at);

    /**
     * A file of rows.
     *
     * @param start bytes before the first row
     * @param rows rows of the file
     * @param columns components of a row
     */
    record Layout(RowFormat format, ByteOrder order, long start, long rows, int columns) {
        /** Bytes of a row. */
        int rowBytes() {
            return columns * format.bytes();
        }

        /** Bytes that the whole file must have. */
        long fileBytes() {
            return Math.addExact(start, Math.multiplyExact(rows, (long) rowBytes()));
        }
    }
}
