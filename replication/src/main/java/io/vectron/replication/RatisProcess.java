package io.vectron.replication;

import java.lang.Thread.UncaughtExceptionHandler;
import org.apache.ratis.util.ExitUtils;

/**
 * Ratis would end the process: when its port is taken, and on any uncaught exception of any thread,
 * ours too. We do not want that, and give the handler of uncaught exceptions back.
 */
final class RatisProcess {
    private static final Object LOCK = new Object();

    private RatisProcess() {}

    static void tame() {
        synchronized (LOCK) {
            UncaughtExceptionHandler ours = Thread.getDefaultUncaughtExceptionHandler();
            ExitUtils.disableSystemExit();
            ExitUtils.setTerminateOnUncaughtException(false);
            Thread.setDefaultUncaughtExceptionHandler(ours);
        }
    }
}
