package io.vectron.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.Message;
import io.grpc.Deadline;
import io.javalin.http.Context;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.common.log.WriteToken;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.rest.json.JsonRequest;
import io.vectron.gateway.rest.json.JsonResponse;
import io.vectron.proto.v1.ReadMode;
import io.vectron.proto.v1.WriteResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A call of a route: its parameters, its body, and the way to answer. One thread. */
public final class RestCall {

    /** Header with write tokens in their text form, separated by commas. */
    static final String TOKEN_HEADER = "X-Vectron-Token";

    /** Header and query parameter with the milliseconds that the caller waits. */
    static final String TIMEOUT_HEADER = "X-Vectron-Timeout-Ms";

    static final String TIMEOUT_PARAMETER = "timeout_ms";

    /** Some 4 KiB, half of what most clients take. */
    private static final int TOKENS_IN_HEADER = 100;

    private static final String JSON = "application/json";

    private final Context http;
    private final String path;
    private final String requestId;
    private final MemoryBudget.Share share;
    private final RequestBody bodies;
    private final Deadlines deadlines;

    RestCall(
            Context http,
            String path,
            MemoryBudget.Share share,
            RequestBody bodies,
            Deadlines deadlines) {
        this.http = http;
        this.path = path;
        this.requestId = RequestId.of(http.header(RequestId.HEADER));
        this.share = share;
        this.bodies = bodies;
        this.deadlines = deadlines;
    }

    /** HTTP method. */
    public String method() {
        return http.method().name();
    }

    /** Path of the route, with its parameters unfilled; {@link Route#UNMATCHED} without a route. */
    public String path() {
        return path;
    }

    /** Names this call in answers and logs. */
    public String requestId() {
        return requestId;
    }

    /** HTTP status of the answer; known once it is answered. */
    public int status() {
        return http.statusCode();
    }

    /** A header of the request; null if there is none. Of several of one name, the first. */
    public @Nullable String header(String name) {
        return http.header(name);
    }

    /** Sets a header of the answer. */
    public void setHeader(String name, String value) {
        http.header(name, value);
    }

    /** A parameter of the path, decoded. */
    public String parameter(String name) {
        return http.pathParam(name);
    }

    /** A query parameter; null if it is not given. */
    public @Nullable String query(String name) {
        return http.queryParam(name);
    }

    /**
     * A query parameter that is {@code true} or {@code false}; false if it is not given.
     *
     * @throws VectronException INVALID_REQUEST
     */
    public boolean flag(String name) {
        String value = query(name);
        if (value == null || value.equals("false")) {
            return false;
        }
        if (value.equals("true")) {
            return true;
        }
        throw new VectronException(
                ErrorCode.INVALID_REQUEST, name, name + " must be true or false");
    }

    /**
     * A query parameter that is a whole number; 0 if it is not given.
     *
     * @throws VectronException INVALID_REQUEST if it is none, or negative
     */
    public int number(String name) {
        String value = query(name);
        return value == null ? 0 : number(name, value);
    }

    private static int number(String name, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new VectronException(
                ErrorCode.INVALID_REQUEST,
                name,
                name + " must be a whole number from 0 to " + Integer.MAX_VALUE);
    }

    /**
     * Until when the call is worth working for: as the caller says, within the cap; else the
     * default.
     *
     * @throws VectronException INVALID_REQUEST
     */
    public Deadline deadline() {
        String header = header(TIMEOUT_HEADER);
        String query = query(TIMEOUT_PARAMETER);
        if (header != null && query != null) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    TIMEOUT_PARAMETER,
                    TIMEOUT_PARAMETER + " is given as a header, too");
        }
        if (header == null && query == null) {
            return Deadline.after(deadlines.unstated().toNanos(), TimeUnit.NANOSECONDS);
        }
        int millis =
                header != null
                        ? number(TIMEOUT_HEADER, header)
                        : number(TIMEOUT_PARAMETER, String.valueOf(query));
        if (millis == 0) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    header != null ? TIMEOUT_HEADER : TIMEOUT_PARAMETER,
                    "a timeout of 0 leaves no time");
        }
        return Deadline.after(
                Math.min(millis, deadlines.longest().toMillis()), TimeUnit.MILLISECONDS);
    }

    /**
     * The read mode with the tokens of the header added.
     *
     * @param stated as the body says
     * @throws VectronException INVALID_TOKEN; INVALID_REQUEST if the body asks for another mode
     */
    public ReadMode readMode(ReadMode stated) {
        List<io.vectron.proto.v1.WriteToken> tokens = headerTokens();
        if (tokens.isEmpty()) {
            return stated;
        }
        ReadMode.Builder mode = stated.toBuilder();
        switch (stated.getModeCase()) {
            case AT_LEAST, MODE_NOT_SET -> mode.getAtLeastBuilder().addAllTokens(tokens);
            case EVENTUAL ->
                    throw new VectronException(
                            ErrorCode.INVALID_REQUEST,
                            "read_mode.eventual",
                            "the header " + TOKEN_HEADER + " asks for at_least");
        }
        return mode.build();
    }

    private List<io.vectron.proto.v1.WriteToken> headerTokens() {
        String header = header(TOKEN_HEADER);
        if (header == null) {
            return List.of();
        }
        List<io.vectron.proto.v1.WriteToken> tokens = new ArrayList<>();
        for (String token : header.split(",", -1)) {
            try {
                tokens.add(WriteToken.parse(token.trim()).toProto());
            } catch (VectronException e) {
                throw new VectronException(e.code(), TOKEN_HEADER, String.valueOf(e.getMessage()));
            }
        }
        return tokens;
    }

    /**
     * Tells a write's tokens in the header that a later read can bring: the last one of each shard,
     * which stands for those before it. Left out if there are more than fit a header; the body has
     * all of them.
     */
    public void tellTokens(List<WriteResult> results) {
        Map<Integer, WriteToken> last = new TreeMap<>();
        for (WriteResult result : results) {
            if (result.hasToken()) {
                WriteToken token = WriteToken.of(result.getToken());
                last.merge(
                        token.partition(),
                        token,
                        (one, other) -> one.offset() > other.offset() ? one : other);
            }
        }
        if (!last.isEmpty() && last.size() <= TOKENS_IN_HEADER) {
            setHeader(
                    TOKEN_HEADER,
                    last.values().stream()
                            .map(WriteToken::toString)
                            .collect(Collectors.joining(",")));
        }
    }

    /**
     * Reads the body.
     *
     * @param into filled from the body's JSON object
     * @param elsewhere fields that the path gives, which the body must not
     * @return {@code into}
     * @throws VectronException MALFORMED_JSON, INVALID_REQUEST and others that name the field at
     *     fault; those of {@link RequestBody#read}
     */
    public <B extends Message.Builder> B read(B into, String... elsewhere) throws IOException {
        RequestBody.Bytes body = bodies.read(http.req(), share);
        JsonRequest.read(body.array(), body.length(), into, Set.of(elsewhere), share::take);
        return into;
    }

    /**
     * Answers with 200.
     *
     * @throws VectronException OVERLOADED
     */
    public void answer(Message message) throws IOException {
        answer(200, message);
    }

    /** As {@link #answer(Message)}, with another status. */
    public void answer(int status, Message message) throws IOException {
        share.take(message.getSerializedSize());
        http.status(status);
        http.contentType(JSON);
        try (JsonGenerator out = JsonResponse.generator(http.outputStream())) {
            JsonResponse.write(message, out);
        }
    }

    /** Answers with an error. Nothing is held any more, since the caller may not be done yet. */
    void answer(VectronException error) throws IOException {
        share.close();
        byte[] body = HttpErrors.body(error, requestId);
        http.status(HttpErrors.status(error.code()));
        http.contentType(JSON);
        String retryAfterMs = error.metadata().get("retry_after_ms");
        if (retryAfterMs != null) {
            long seconds = Math.ceilDiv(Long.parseLong(retryAfterMs), 1_000L);
            http.header("Retry-After", Long.toString(seconds));
        }
        Caller caller = new Caller(http.req());
        if (!caller.isSending()) {
            http.result(body);
            return;
        }
        http.header("Connection", "close");
        http.res().setContentLength(body.length);
        http.res().getOutputStream().write(body);
        http.res().flushBuffer();
        caller.drain();
    }

    /** Whether a part of the answer is on its way, so that no other can be given. */
    boolean isAnswered() {
        return http.res().isCommitted();
    }

    /** Refuses what no route could serve. */
    void requireSound(Set<String> parameters) {
        String id = http.header(RequestId.HEADER);
        if (id != null && !RequestId.isValid(id)) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    RequestId.HEADER,
                    "must be 1 to 128 letters, digits and ._:/+=@-");
        }
        for (Map.Entry<String, List<String>> one : http.queryParamMap().entrySet()) {
            String name = one.getKey();
            if (!name.equals(TIMEOUT_PARAMETER) && !parameters.contains(name)) {
                throw new VectronException(
                        ErrorCode.INVALID_REQUEST, shortened(name), "unknown query parameter");
            }
            if (one.getValue().size() != 1) {
                throw new VectronException(
                        ErrorCode.INVALID_REQUEST, name, name + " is given more than once");
            }
        }
        Accept.requireJson(http.req().getHeaders("Accept"));
    }

    private static String shortened(String text) {
        return text.length() <= Limits.VECTOR_NAME_BYTES
                ? text
                : text.substring(0, Limits.VECTOR_NAME_BYTES) + "…";
    }
}
