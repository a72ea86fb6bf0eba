package io.vectron.gateway.rest;

import io.javalin.config.JettyConfig;
import io.vectron.gateway.config.RestConfig;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** How the HTTP server beneath the REST API is set up: threads and limits. */
final class JettySetup {

    /** Accepting and selecting; requests run on virtual threads. */
    private static final int PLATFORM_THREADS = 16;

    private static final int MIN_PLATFORM_THREADS = 4;

    private static final int REQUEST_HEADER_BYTES = 16 * 1024;
    private static final int RESPONSE_HEADER_BYTES = 16 * 1024;
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private JettySetup() {}

    static void configure(JettyConfig jetty, String host, RestConfig config) {
        QueuedThreadPool threads = new QueuedThreadPool(PLATFORM_THREADS, MIN_PLATFORM_THREADS);
        threads.setName("rest");
        threads.setVirtualThreadsExecutor(
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rest-", 0).factory()));
        jetty.threadPool = threads;
        jetty.modifyHttpConfiguration(JettySetup::limit);
        jetty.modifyServer(server -> {
            server.setErrorHandler(new JettyErrors());
            // While it stops: those under way are waited for, new ones are told with 503.
            server.setHandler(new GracefulHandler());
            server.setStopTimeout(DRAIN.toMillis());
            server.addBean(new NetworkConnectionLimit(config.connections(), server));
        });
        jetty.addConnector((server, http) -> connector(server, http, host, config));
    }

    private static ServerConnector connector(
            Server server, HttpConfiguration http, String host, RestConfig config) {
        ServerConnector connector =
                new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(config.port());
        connector.setIdleTimeout(config.idle().toMillis());
        return connector;
    }

    private static void limit(HttpConfiguration http) {
        http.setRequestHeaderSize(REQUEST_HEADER_BYTES);
        http.setResponseHeaderSize(RESPONSE_HEADER_BYTES);
        http.setMaxResponseHeaderSize(RESPONSE_HEADER_BYTES);
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        // Ids may hold any character; paths are matched and decoded segment by segment, and name
        // no file.
        http.setUriCompliance(
                UriCompliance.RFC3986.with(
                        "ids in paths",
                        EnumSet.of(
                                        UriCompliance.Violation.AMBIGUOUS_PATH_SEGMENT,
                                        UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT,
                                        UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                                        UriCompliance.Violation.AMBIGUOUS_PATH_PARAMETER,
                                        UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
                                        UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS)
                                .toArray(UriCompliance.Violation[]::new)));
    }
}
