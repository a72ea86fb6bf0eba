package io.vectron.worker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;

/** What is the disk's fault, and what is only that it is full. */
class NoRoomTest {
    @Test
    void aWriteThatFoundNoRoomIsOne() {
        IOException write = new IOException("No space left on device");
        assertThat(NoRoom.caused(write)).isTrue();
        assertThat(NoRoom.caused(new IllegalStateException("the log failed", write))).isTrue();
        assertThat(NoRoom.caused(new FileSystemException("a", null, "No space left on device")))
                .isTrue();
    }

    @Test
    void aStoreThatFoundNoRoomIsOne() {
        RocksDBException flush =
                new RocksDBException("While appending to file: 11.sst: No space left on device");
        assertThat(NoRoom.caused(new IOException("cannot flush: " + flush.getMessage(), flush)))
                .isTrue();
    }

    /** What was written before is lost to the disk, and whoever reads the file still sees it. */
    @Test
    void aSyncThatFailedIsNone() {
        IOException force = new IOException("No space left on device");
        force.setStackTrace(
                new StackTraceElement[] {
                    new StackTraceElement(
                            "sun.nio.ch.UnixFileDispatcherImpl", "force0", "x.java", 1),
                    new StackTraceElement("sun.nio.ch.FileChannelImpl", "force", "x.java", 1),
                });
        assertThat(NoRoom.caused(force)).isFalse();
        assertThat(NoRoom.caused(new IOException("No space left on device", force))).isFalse();
        assertThat(
                        NoRoom.caused(
                                new RocksDBException(
                                        "While fsync: 11.sst: No space left on device")))
                .isFalse();
    }

    @Test
    void anotherErrorIsNone() {
        assertThat(NoRoom.caused(new IOException("Input/output error"))).isFalse();
        assertThat(NoRoom.caused(new RocksDBException("IO error: While appending to file")))
                .isFalse();
        assertThat(NoRoom.caused(new IllegalStateException("No space left on device"))).isFalse();
    }
}
