package io.vectron.cli.load;

import io.vectron.cli.load.RowFormat.Layout;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.v1.PointToWrite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Rows of a file of vectors; the id is a prefix and the number of the row, from 0. */
final class RowSource implements PointSource {
    private static final int READ_BYTES = 1 << 20;

    private final FileChannel file;
    private final Layout layout;
    private final String idPrefix;
    private final String vectorName;
    private final ByteBuffer block; // whole rows
    private long blockStart; // row
    private long row;

    /**
     * @param file closed with this source
     * @param vectorName name of the vector in the collection
     * @param skip rows to pass over
     */
    RowSource(FileChannel file, Layout layout, String idPrefix, String vectorName, long skip) {
        this.file = file;
        this.layout = layout;
        this.idPrefix = idPrefix;
        this.vectorName = vectorName;
        int rows = Math.max(1, READ_BYTES / layout.rowBytes());
        block = ByteBuffer.allocate(rows * layout.rowBytes()).order(layout.order()).limit(0);
        row = Math.min(skip, layout.rows());
        blockStart = row;
    }

    @Override
    public @Nullable Item next() throws IOException {
        if (row == layout.rows()) {
            return null;
        }
        long inBlock = (row - blockStart) * layout.rowBytes();
        if (inBlock >= block.limit()) {
            blockStart = row;
            inBlock = 0;
            long left = (layout.rows() - row) * layout.rowBytes();
            block.clear().limit((int) Math.min(block.capacity(), left));
            Layouts.readFully(file, layout.start() + row * layout.rowBytes(), block);
        }
        ByteBuffer bytes = block.slice((int) inBlock, layout.rowBytes()).order(layout.order());
        DenseF32.Builder values = DenseF32.newBuilder();
        for (int i = 0; i < layout.columns(); i++) {
            values.addValues(layout.format().component(bytes, i));
        }
        Point point =
                Point.newBuilder()
                        .addVectors(NamedVector.newBuilder().setName(vectorName).setF32(values))
                        .build();
        long at = row++;
        return new Item.Good(
                at, PointToWrite.newBuilder().setId(idPrefix + at).setPoint(point).build());
    }

    @Override
    public int dimension() {
        return layout.columns();
    }

    @Override
    public boolean mayWait() {
        return false;
    }

    @Override
    public String place() {
        return "row";
    }

    @Override
    public long done() {
        return row;
    }

    @Override
    public long total() {
        return layout.rows();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
