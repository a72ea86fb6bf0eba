package io.vectron.replication;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;

/** Who asks, for requests that belong to no group yet. */
final class ClientIds {
    static final ClientId NODE = ClientId.randomId();

    private static final AtomicLong CALLS = new AtomicLong();

    private ClientIds() {}

    static long nextCall() {
        return CALLS.incrementAndGet();
    }
}
