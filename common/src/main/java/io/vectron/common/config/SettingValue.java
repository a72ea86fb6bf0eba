package io.vectron.common.config;

/**
 * What became of one key.
 *
 * @param key such as {@code VECTRON_GATEWAY_GRPC_PORT}
 * @param value the value in use, secrets masked
 * @param defaultValue the value if nothing were given
 * @param origin where the value is from
 */
public record SettingValue(String key, String value, String defaultValue, Origin origin) {}
