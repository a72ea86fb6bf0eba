package io.vectron.gateway.service;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.config.GatewayLimits;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Bounds the work under way. Nobody queues: what does not fit is refused. Any thread. */
public final class Admission {

    private static final String RETRY_AFTER_MS = "100";

    private final Semaphore requests;
    private final Semaphore writeBytes;

    /** One for the whole gateway. */
    public Admission(GatewayLimits limits) {
        this.requests = new Semaphore(limits.requestsInFlight());
        this.writeBytes = new Semaphore(limits.writeBytesInFlight());
    }

    /** A place among the requests being served, given back once by closing it. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes a place.
     *
     * @param bytes that the request will hold while it waits for Kafka; 0 for reads
     * @throws VectronException OVERLOADED
     */
    Place enter(int bytes) {
        if (!requests.tryAcquire()) {
            throw overloaded("too many requests are being served");
        }
        if (!writeBytes.tryAcquire(bytes)) {
            requests.release();
            throw overloaded("too many bytes are being written");
        }
        return () -> {
            writeBytes.release(bytes);
            requests.release();
        };
    }

    private static VectronException overloaded(String message) {
        return new VectronException(
                ErrorCode.OVERLOADED, null, message, Map.of("retry_after_ms", RETRY_AFTER_MS));
    }
}
