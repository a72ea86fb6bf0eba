package io.vectron.worker.storage;

import java.util.Locale;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What an error of a store says about its files. */
public enum StoreDamage {
    /** The error is none of the store's. */
    NONE,
    /** A file does not hold what was written, or is missing. */
    DAMAGED,
    /** The disk did not do what it was asked to. */
    UNREADABLE,
    /** There was no room on the disk for what was to be written. */
    NO_ROOM;

    /** Judges one error, not its causes. */
    public static StoreDamage of(Throwable error) {
        if (!(error instanceof RocksDBException failed)) {
            return NONE;
        }
        Status status = failed.getStatus();
        if (noRoom(failed.getMessage() + (status == null ? "" : " " + status.getState()))) {
            return NO_ROOM;
        }
        if (status == null) {
            // RocksDB's Java part gives no status when it cannot open.
            return damaged(String.valueOf(failed.getMessage())) ? DAMAGED : UNREADABLE;
        }
        return switch (status.getCode()) {
            case Corruption -> DAMAGED;
            case IOError ->
                    damaged(failed.getMessage() + " " + status.getState()) ? DAMAGED : UNREADABLE;
            default -> damaged(String.valueOf(failed.getMessage())) ? DAMAGED : UNREADABLE;
        };
    }

    /**
     * A sync that fails is none of these, whatever it says: what it was to make durable was written
     * before, and is lost to the disk though whoever reads the file still sees it.
     */
    private static boolean noRoom(String message) {
        String said = message.toLowerCase(Locale.ROOT);
        return said.contains("no space left on device") && !said.contains("sync");
    }

    private static boolean damaged(String message) {
        return message.contains("No such file") || message.contains("orruption");
    }
}
