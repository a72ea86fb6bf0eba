package io.vectron.common.config;

/**
 * What people are told about a setting.
 *
 * @param group what the settings around it are about; empty if it stands by itself
 * @param key such as {@code VECTRON_GATEWAY_GRPC_PORT}; of properties the beginning of their keys,
 *     with an underscore at its end
 * @param option the program argument that sets it, such as {@code --grpc-port}
 * @param value what may be given
 * @param meaning what it is
 * @param required whether the service does not start without it
 * @param properties whether it stands for any number of properties
 */
public record SettingDoc(
        String group,
        String key,
        String option,
        Value value,
        String meaning,
        boolean required,
        boolean properties) {

    /**
     * What can be given, and what is if nothing is given.
     *
     * @param label in the place of a value, such as {@code N}
     * @param allowed what may be given, in words
     * @param defaultValue as it would be given, secrets masked; of a required setting an example
     * @param byDefault the default in words, where it depends on the machine; else empty
     */
    public record Value(String label, String allowed, String defaultValue, String byDefault) {
        /** Whether it is true or false: on a command line its name alone stands for true. */
        public boolean truth() {
            return label.equals(SettingTypes.TRUTH_LABEL);
        }

        /** The default in a few words. */
        public String describedDefault() {
            if (!byDefault.isEmpty()) {
                return byDefault;
            }
            return defaultValue.isEmpty() ? "empty" : defaultValue;
        }
    }
}
