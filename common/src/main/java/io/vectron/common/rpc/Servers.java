package io.vectron.common.rpc;

import io.grpc.ServerBuilder;
import io.vectron.common.error.ErrorInterceptor;
import io.vectron.common.limit.Limits;
import java.util.concurrent.TimeUnit;

/** What every gRPC server of ours has in common. */
public final class Servers {
    private Servers() {}

    /**
     * Sets the message limit, the mapping of errors, and that the keep-alive pings of {@link
     * Channels} are allowed: by default a server cuts off whoever pings more than every 5 minutes.
     *
     * @return the builder given
     */
    public static <B extends ServerBuilder<B>> B configure(B server) {
        return server.maxInboundMessageSize(Limits.MESSAGE_BYTES)
                .permitKeepAliveTime(Channels.KEEP_ALIVE.toMillis() / 2, TimeUnit.MILLISECONDS)
                .intercept(new ErrorInterceptor());
    }
}
