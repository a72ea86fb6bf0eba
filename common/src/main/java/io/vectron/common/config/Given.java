package io.vectron.common.config;

/**
 * A value as somebody wrote it.
 *
 * @param key whole key, such as {@code VECTRON_GATEWAY_GRPC_PORT}
 */
record Given(String key, String value, Origin origin) {}
