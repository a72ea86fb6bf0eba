package io.vectron.index.sealed;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads a file for many threads, any of which may be interrupted: that would close a channel for
 * all of them, so a thread's interrupt waits until it has read, and a channel that was closed all
 * the same is opened anew.
 */
final class SegmentChannel implements FileBytes, Closeable {

    private final Path file;
    private volatile FileChannel channel;
    private boolean closed; // guarded by this

    private SegmentChannel(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static SegmentChannel open(Path file) throws IOException {
        return new SegmentChannel(file, FileChannel.open(file, StandardOpenOption.READ));
    }

    /** Maps all of the file as it is now. */
    MemorySegment map(Arena arena) throws IOException {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }

    @Override
    public void read(long at, byte[] into, int length) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try {
                    readAll(channel, at, ByteBuffer.wrap(into, 0, length));
                    return;
                } catch (ClosedChannelException e) {
                    reopen(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void readAll(FileChannel from, long at, ByteBuffer into) throws IOException {
        long next = at;
        while (into.hasRemaining()) {
            int read = from.read(into, next);
            if (read < 0) {
                throw new EOFException(file + " ends at " + next);
            }
            next += read;
        }
    }

    private synchronized void reopen(ClosedChannelException why) throws IOException {
        if (closed) {
            throw new IOException(file + " is closed", why);
        }
        if (!channel.isOpen()) {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}
