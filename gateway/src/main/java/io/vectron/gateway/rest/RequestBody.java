package io.vectron.gateway.rest;

import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies: JSON, plain or gzip, at most 8 MiB before and after unpacking, within a time, and
 * with what it holds taken from a budget as it arrives.
 */
final class RequestBody {

    private static final int FIRST_BYTES = 16 * 1024;
    private static final String JSON = "application/json";

    private final Duration patience;

    RequestBody(Duration patience) {
        this.patience = patience;
    }

    /**
     * Reads a whole body.
     *
     * @param share takes what the body holds
     * @return the body, with {@link Bytes#length} bytes in use
     * @throws VectronException UNSUPPORTED_MEDIA_TYPE, REQUEST_TOO_LARGE, SLOW_REQUEST, OVERLOADED
     *     or MALFORMED_REQUEST
     */
    Bytes read(HttpServletRequest request, MemoryBudget.Share share) throws IOException {
        requireJson(request.getContentType());
        boolean gzip = isGzip(request.getHeader("Content-Encoding"));
        if (request.getContentLengthLong() > Limits.REQUEST_BYTES) {
            throw tooLarge();
        }
        Caller caller = new Caller(request);
        Duration idle = caller.patience(patience);
        try {
            InputStream raw = new Wire(request.getInputStream());
            return readAll(gzip ? new GZIPInputStream(raw, 8 * 1024) : raw, share);
        } catch (ZipException e) {
            throw malformed("the body is not gzip: " + e.getMessage(), e);
        } catch (EOFException e) {
            throw malformed("the body ends too early", e);
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw slow();
            }
            throw e;
        } finally {
            caller.restore(idle);
        }
    }

    /** A body: an array of which the first bytes are in use. */
    @SuppressWarnings("ArrayRecordComponent") // Handed over, never compared.
    record Bytes(byte[] array, int length) {}

    private static Bytes readAll(InputStream in, MemoryBudget.Share share) throws IOException {
        share.take(FIRST_BYTES);
        byte[] bytes = new byte[FIRST_BYTES];
        int length = 0;
        while (true) {
            int read = in.read(bytes, length, bytes.length - length);
            if (read < 0) {
                return new Bytes(bytes, length);
            }
            length += read;
            if (length > Limits.REQUEST_BYTES) {
                throw tooLarge();
            }
            if (length == bytes.length) {
                // One byte more than allowed, to see that there is more.
                int larger = Math.min(2 * length, Limits.REQUEST_BYTES + 1);
                share.take(larger);
                bytes = Arrays.copyOf(bytes, larger);
                share.give(length);
            }
        }
    }

    private static void requireJson(@Nullable String type) {
        // Required, so that a page of another origin cannot make a browser send what we would read.
        if (type == null) {
            throw unsupported("Content-Type", "Content-Type is missing; it must be " + JSON);
        }
        String[] parts = type.split(";", -1);
        boolean json = parts[0].trim().equalsIgnoreCase(JSON);
        for (int i = 1; json && i < parts.length; i++) {
            String parameter = parts[i].replace("\"", "").trim().toLowerCase(Locale.ROOT);
            json = parameter.equals("charset=utf-8") || !parameter.startsWith("charset=");
        }
        if (!json) {
            throw unsupported("Content-Type", "Content-Type must be " + JSON + " in UTF-8");
        }
    }

    private static boolean isGzip(@Nullable String encoding) {
        if (encoding == null || encoding.trim().equalsIgnoreCase("identity")) {
            return false;
        }
        if (encoding.trim().equalsIgnoreCase("gzip")) {
            return true;
        }
        throw unsupported("Content-Encoding", "Content-Encoding must be gzip or identity");
    }

    /** Bytes as they come from the caller: bounded in number and time. */
    private final class Wire extends FilterInputStream {

        private final long endNanos = System.nanoTime() + patience.toNanos();
        private long left = Limits.REQUEST_BYTES + 1L;

        Wire(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int read = read(one, 0, 1);
            return read < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            int read = super.read(into, from, (int) Math.min(length, left));
            if (read > 0) {
                left -= read;
                if (left == 0) {
                    throw tooLarge();
                }
                // An overrun by one silent stretch at most, which is no longer than the patience.
                if (System.nanoTime() - endNanos > 0) {
                    throw slow();
                }
            }
            return read;
        }
    }

    private static VectronException tooLarge() {
        return new VectronException(
                ErrorCode.REQUEST_TOO_LARGE,
                "the body is larger than " + Limits.REQUEST_BYTES + " bytes");
    }

    private VectronException slow() {
        return new VectronException(
                ErrorCode.SLOW_REQUEST,
                "the body did not arrive within " + patience.toMillis() + " ms");
    }

    private static VectronException unsupported(String header, String message) {
        return new VectronException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, header, message);
    }

    private static VectronException malformed(String message, IOException cause) {
        return new VectronException(
                ErrorCode.MALFORMED_REQUEST, null, message, java.util.Map.of(), cause);
    }
}
