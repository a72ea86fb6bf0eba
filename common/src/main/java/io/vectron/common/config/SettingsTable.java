package io.vectron.common.config;

import java.util.ArrayList;
import java.util.List;

/** Every setting of a service as a table in Markdown. */
public final class SettingsTable {
    private SettingsTable() {}

    /** The table, a line each. */
    public static String of(ServiceSettings<?> settings) {
        List<String> lines = new ArrayList<>();
        lines.add("| key | default | what it is | what may be given |");
        lines.add("|---|---|---|---|");
        for (SettingDoc setting : settings.documentation()) {
            String key = setting.key() + (setting.properties() ? "…" : "");
            lines.add(
                    "| `"
                            + key
                            + "` | "
                            + byDefault(setting)
                            + " | "
                            + (setting.group().isEmpty() ? "" : setting.group() + " ")
                            + setting.meaning()
                            + " | "
                            + setting.value().allowed()
                            + " |");
        }
        return String.join("\n", lines) + "\n";
    }

    private static String byDefault(SettingDoc setting) {
        SettingDoc.Value value = setting.value();
        if (setting.required()) {
            return "required, such as `" + value.defaultValue() + "`";
        }
        boolean words = !value.byDefault().isEmpty() || value.defaultValue().isEmpty();
        return words ? value.describedDefault() : "`" + value.defaultValue() + "`";
    }
}
