package io.vectron.worker.replica;

import io.vectron.worker.storage.StoreDamage;
import java.io.IOException;
import java.util.Arrays;

/**
 * Tells a disk without room from one that does not work: what could not be written for lack of room
 * was not written, and can be when there is room.
 *
 * <p>A sync that fails is never one of these, whatever it says. What it was to make durable was
 * written before, and is lost to the disk though whoever reads the file still sees it: to try again
 * would succeed and mean nothing.
 */
final class NoRoom {
    /** As the C library says it; Java has no type for it. */
    private static final String MESSAGE = "No space left on device";

    /** Home of the JDK's file channels. */
    private static final String CHANNELS = "sun.nio.ch.";

    private NoRoom() {}

    /** Whether an error is that there was no room, or was caused by that. */
    static boolean caused(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (StoreDamage.of(e) == StoreDamage.NO_ROOM) {
                return true;
            }
            // The innermost is the system call's: those around it may repeat what it says.
            if (e.getCause() == null && e instanceof IOException) {
                return String.valueOf(e.getMessage()).contains(MESSAGE) && !isOfSync(e);
            }
        }
        return false;
    }

    private static boolean isOfSync(Throwable e) {
        return Arrays.stream(e.getStackTrace())
                .anyMatch(frame ->
                        frame.getMethodName().equals("force")
                                && frame.getClassName().startsWith(CHANNELS));
    }
}
