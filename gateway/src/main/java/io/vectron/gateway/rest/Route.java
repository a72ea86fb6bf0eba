package io.vectron.gateway.rest;

import java.util.Set;

/**
 * One operation of the REST API.
 *
 * @param method how it is called
 * @param path with parameters in braces, such as {@code /v1/collections/{collection}}
 * @param parameters query parameters that it knows, beside those that every one knows; others are
 *     refused
 * @param handler what it does
 */
public record Route(Method method, String path, Set<String> parameters, RestHandler handler) {

    /** Path of requests that match no route, for those that count them. */
    public static final String UNMATCHED = "unmatched";

    /** HTTP methods in use. */
    public enum Method {
        /** Reads; answers HEAD as well. */
        GET,
        /** Writes, and reads whose question needs a body. */
        POST,
        /** Deletes. */
        DELETE
    }

    public Route {
        parameters = Set.copyOf(parameters);
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path does not start with a slash: " + path);
        }
    }

    /** A read without a body. */
    public static Route get(String path, RestHandler handler, String... parameters) {
        return new Route(Method.GET, path, Set.of(parameters), handler);
    }

    /** An operation with a body. */
    public static Route post(String path, RestHandler handler, String... parameters) {
        return new Route(Method.POST, path, Set.of(parameters), handler);
    }

    /** A deletion without a body. */
    public static Route delete(String path, RestHandler handler, String... parameters) {
        return new Route(Method.DELETE, path, Set.of(parameters), handler);
    }
}
