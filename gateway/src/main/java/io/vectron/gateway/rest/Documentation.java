package io.vectron.gateway.rest;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/**
 * The API's description, and Swagger UI to read and try it. Everything comes from this process; the
 * files are named here, so that no path of a request names one.
 */
final class Documentation {

    private static final String DESCRIPTION = "/openapi.yaml";
    private static final String PAGE = "/docs";
    private static final String UI = "org.webjars/swagger-ui";

    /** What a browser may load for the page: nothing from elsewhere. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
                    + " img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

    /** Files of Swagger UI, and their types. */
    private static final Map<String, String> UI_FILES =
            Map.of(
                    "swagger-ui.css", "text/css; charset=utf-8",
                    "swagger-ui-bundle.js", "text/javascript; charset=utf-8",
                    "favicon-32x32.png", "image/png");

    private final String uiFolder = "/META-INF/resources/webjars/swagger-ui/" + uiVersion() + "/";

    void add(RoutesConfig routes) {
        serve(routes, DESCRIPTION, "application/yaml", "openapi.yaml");
        serve(routes, PAGE, "text/html; charset=utf-8", "docs.html");
        serve(routes, PAGE + "/docs.js", "text/javascript; charset=utf-8", "docs.js");
        UI_FILES.forEach((file, type) -> serve(routes, PAGE + "/" + file, type, uiFolder + file));
    }

    private static void serve(RoutesConfig routes, String path, String type, String resource) {
        for (HandlerType method : new HandlerType[] {HandlerType.GET, HandlerType.HEAD}) {
            routes.addHttpHandler(method, path, http -> send(http, type, resource));
        }
    }

    private static void send(Context http, String type, String resource) throws IOException {
        http.contentType(type);
        http.header("Content-Security-Policy", POLICY);
        http.header("X-Content-Type-Options", "nosniff");
        http.header("Cache-Control", "no-cache");
        try (InputStream file = open(resource)) {
            file.transferTo(http.outputStream());
        }
    }

    private static InputStream open(String resource) {
        InputStream file = Documentation.class.getResourceAsStream(resource);
        if (file == null) {
            throw new IllegalStateException("not on the class path: " + resource);
        }
        return file;
    }

    /** Files of a web jar lie in a folder that is named by its version. */
    private static String uiVersion() {
        Properties properties = new Properties();
        try (InputStream file = open("/META-INF/maven/" + UI + "/pom.properties")) {
            properties.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the class path cannot be read", e);
        }
        return properties.getProperty("version");
    }
}
