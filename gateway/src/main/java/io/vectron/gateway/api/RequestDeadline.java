package io.vectron.gateway.api;

import io.grpc.Context;
import io.grpc.Deadline;
import io.vectron.gateway.config.Deadlines;
import java.util.concurrent.TimeUnit;

/** Until when a gRPC call is worth working for. */
final class RequestDeadline {

    private final Deadlines deadlines;

    RequestDeadline(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    /** The deadline that the current call brings, within the cap; the default if it brings none. */
    Deadline current() {
        Deadline brought = Context.current().getDeadline();
        if (brought == null) {
            return Deadline.after(deadlines.unstated().toNanos(), TimeUnit.NANOSECONDS);
        }
        return brought.minimum(Deadline.after(deadlines.longest().toNanos(), TimeUnit.NANOSECONDS));
    }
}
