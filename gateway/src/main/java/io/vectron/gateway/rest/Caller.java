package io.vectron.gateway.rest;

import io.vectron.common.limit.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection that a request came by. */
final class Caller {

    private static final Logger LOG = LoggerFactory.getLogger(Caller.class);
    private static final int BUFFER_BYTES = 16 * 1024;

    /** What a refused caller may still send, so that it comes to read why. */
    private static final long DRAINED_BYTES = 4L * Limits.REQUEST_BYTES;

    private static final Duration DRAINED = Duration.ofSeconds(2);

    /** Less is read to the end in any case, and the connection kept. */
    private static final int KEPT_BYTES = 64 * 1024;

    private final HttpServletRequest request;

    Caller(HttpServletRequest request) {
        this.request = request;
    }

    /** Shortens how long the caller may be silent; gives back how long that was. */
    Duration patience(Duration atMost) {
        EndPoint end = endPoint();
        Duration before = Duration.ofMillis(end.getIdleTimeout());
        end.setIdleTimeout(Math.min(atMost.toMillis(), before.toMillis()));
        return before;
    }

    /** Undoes {@link #patience}. */
    void restore(Duration before) {
        endPoint().setIdleTimeout(before.toMillis());
    }

    private EndPoint endPoint() {
        return ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint();
    }

    /** Whether so much of the body may be to come that the connection cannot be used again. */
    boolean isSending() throws IOException {
        return request.getContentLengthLong() > KEPT_BYTES
                || (request.getHeader("Transfer-Encoding") != null
                        && !request.getInputStream().isFinished());
    }

    /**
     * Reads on after the answer, within bounds. A connection that is closed while its peer still
     * sends is reset, and what the peer had not read yet is lost to it: the answer.
     */
    void drain() {
        if (request.getHeader("Expect") != null) {
            return; // It waits for our word before it sends.
        }
        patience(DRAINED);
        long endNanos = System.nanoTime() + DRAINED.toNanos();
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = request.getInputStream();
            long drained = 0;
            int read = 0;
            while (read >= 0 && drained < DRAINED_BYTES && System.nanoTime() - endNanos < 0) {
                read = in.read(buffer);
                drained += Math.max(0, read);
            }
        } catch (IOException e) {
            LOG.debug("a refused caller went away", e);
        }
    }
}
