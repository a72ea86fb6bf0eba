package io.vectron.index.sealed;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A new file that is being written, at any place. Used by one thread. */
interface SegmentOutput extends Closeable {

    /** Writes all that remains in the buffer. */
    void write(ByteBuffer bytes, long at) throws IOException;

    /** Comes back when everything written is on the disk. */
    void force() throws IOException;

    /** Creates files. */
    @FunctionalInterface
    interface Opener {

        /**
         * Creates an empty one.
         *
         * @throws java.nio.file.FileAlreadyExistsException if the file exists
         */
        SegmentOutput create(Path file) throws IOException;
    }

    /** A file on the disk. */
    static SegmentOutput create(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new SegmentOutput() {
            @Override
            public void write(ByteBuffer bytes, long at) throws IOException {
                long to = at;
                while (bytes.hasRemaining()) {
                    to += channel.write(bytes, to);
                }
            }

            @Override
            public void force() throws IOException {
                channel.force(true);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
