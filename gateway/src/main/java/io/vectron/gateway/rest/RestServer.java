package io.vectron.gateway.rest;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.compression.Gzip;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.config.RestConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST API's server. */
public final class RestServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);

    /** Costs little; what it does not squeeze out of numbers in text, higher levels hardly do. */
    private static final int GZIP_LEVEL = 1;

    private final String host;
    private final RestConfig config;
    private final Deadlines deadlines;
    private final List<RestFilter> filters;
    private final MemoryBudget budget;
    private final RequestBody bodies;
    private final List<Route> routes;
    private final Javalin javalin;

    /**
     * A server; {@link #start} starts it.
     *
     * @param host address to listen on
     * @param groups what it serves
     * @param filters around every call, the first one outermost
     */
    public RestServer(
            String host,
            RestConfig config,
            Deadlines deadlines,
            List<RouteGroup> groups,
            List<RestFilter> filters) {
        this.host = host;
        this.config = config;
        this.deadlines = deadlines;
        this.filters = List.copyOf(filters);
        budget = new MemoryBudget(config.memoryBytes());
        bodies = new RequestBody(config.body());
        routes = groups.stream().flatMap(group -> group.routes().stream()).toList();
        javalin = Javalin.create(this::configure);
    }

    private void configure(JavalinConfig http) {
        JettySetup.configure(http.jetty, host, config);
        http.startup.showJavalinBanner = false;
        http.startup.showOldJavalinVersionWarning = false;
        http.startup.startupWatcherEnabled = false;
        http.http.prefer405over404 = true;
        http.http.defaultContentType = "application/json";
        http.http.compressionStrategy = new CompressionStrategy(null, new Gzip(GZIP_LEVEL));
        routes.forEach(route -> add(http, route));
        new Documentation().add(http.routes);
        http.routes.exception(HttpResponseException.class, this::refuse);
    }

    private void add(JavalinConfig http, Route route) {
        switch (route.method()) {
            case GET -> {
                http.routes.addHttpHandler(HandlerType.GET, route.path(), on(route));
                http.routes.addHttpHandler(HandlerType.HEAD, route.path(), on(route));
            }
            case POST -> http.routes.addHttpHandler(HandlerType.POST, route.path(), on(route));
            case DELETE -> http.routes.addHttpHandler(HandlerType.DELETE, route.path(), on(route));
        }
    }

    private io.javalin.http.Handler on(Route route) {
        return http -> serve(http, route.path(), route.parameters(), route.handler());
    }

    /** Javalin found no route, or another method of it. */
    private void refuse(HttpResponseException refusal, Context http) {
        VectronException error;
        if (refusal instanceof MethodNotAllowedResponse) {
            String allowed = refusal.getDetails().getOrDefault("availableMethods", "");
            http.header("Allow", allowed);
            error =
                    new VectronException(
                            ErrorCode.METHOD_NOT_ALLOWED, "the path has only " + allowed);
        } else if (refusal.getStatus() == 404) {
            error = new VectronException(ErrorCode.UNKNOWN_PATH, "there is no such path");
        } else {
            error =
                    new VectronException(
                            ErrorCode.MALFORMED_REQUEST, String.valueOf(refusal.getMessage()));
        }
        RestHandler throwing =
                call -> {
                    throw error;
                };
        serve(http, Route.UNMATCHED, http.queryParamMap().keySet(), throwing);
    }

    private void serve(Context http, String path, Set<String> parameters, RestHandler handler) {
        try (MemoryBudget.Share share = budget.open()) {
            RestCall call = new RestCall(http, path, share, bodies, deadlines);
            call.setHeader(RequestId.HEADER, call.requestId());
            RestHandler chain =
                    one ->
                            answering(
                                    one,
                                    inner -> {
                                        inner.requireSound(parameters);
                                        handler.handle(inner);
                                    });
            for (RestFilter filter : filters.reversed()) {
                RestHandler next = chain;
                chain = one -> filter.handle(one, next);
            }
            answering(call, chain);
        }
    }

    /** Answers what the handler throws. */
    private static void answering(RestCall call, RestHandler handler) {
        try {
            handler.handle(call);
        } catch (VectronException e) {
            refuse(call, e);
        } catch (EofException e) {
            LOG.debug("{} {}: the caller went away", call.method(), call.path(), e);
        } catch (IOException e) {
            LOG.debug("{} {}: the connection broke", call.method(), call.path(), e);
            refuse(call, new VectronException(ErrorCode.CANCELLED, "the connection broke"));
        } catch (RuntimeException e) {
            LOG.error("{} {} failed, request {}", call.method(), call.path(), call.requestId(), e);
            refuse(
                    call,
                    new VectronException(
                            ErrorCode.INTERNAL,
                            null,
                            "internal error, request " + call.requestId(),
                            Map.of("request_id", call.requestId())));
        }
    }

    private static void refuse(RestCall call, VectronException error) {
        if (call.isAnswered()) {
            LOG.warn("{} {}: failed while answering: {}", call.method(), call.path(), error);
            return;
        }
        try {
            call.answer(error);
        } catch (IOException e) {
            LOG.debug("{} {}: the caller went away", call.method(), call.path(), e);
        }
    }

    /**
     * Starts to listen.
     *
     * @throws IOException if the port cannot be bound
     */
    public void start() throws IOException {
        try {
            javalin.start();
        } catch (RuntimeException e) {
            throw new IOException("REST API at " + host + ":" + config.port() + ": " + e, e);
        }
        LOG.info("REST API listens on {}:{}", host, port());
    }

    /** What it serves. */
    public List<Route> routes() {
        return routes;
    }

    /** Whether it takes requests. */
    public boolean isServing() {
        return javalin.jettyServer().server().isRunning();
    }

    /** The bound port. */
    public int port() {
        return javalin.port();
    }

    /** Bytes of the memory budget that no request holds. */
    public long memoryLeft() {
        return budget.left();
    }

    /** Refuses new requests, and lets those under way end for a few seconds. */
    @Override
    public void close() {
        javalin.stop();
    }
}
