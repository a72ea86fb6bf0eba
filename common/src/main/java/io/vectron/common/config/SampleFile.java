package io.vectron.common.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** An env file with every setting of a service, explained and at its default. */
public final class SampleFile {
    private static final int WIDTH = 98;
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_./:,@-]*");

    private SampleFile() {}

    /** The text of the file; as it is, it changes nothing but what is required. */
    public static String of(ServiceSettings<?> settings) {
        List<String> lines = new ArrayList<>();
        comment(
                lines,
                "Every setting of the service "
                        + settings.service()
                        + ". Copy this to "
                        + String.join(" or ", Sources.files(settings.service()))
                        + " in the folder that the service is started in, or name it with --config."
                        + " Lines that begin with # are comments: remove it to set a value.");
        String group = "";
        for (SettingDoc setting : settings.documentation()) {
            if (!setting.group().equals(group)) {
                group = setting.group();
                lines.add("");
                comment(lines, "---- " + (group.isEmpty() ? "The service" : group));
            }
            lines.add("");
            SettingDoc.Value value = setting.value();
            comment(lines, setting.meaning());
            comment(lines, "Allowed: " + value.allowed() + ". " + byDefault(setting));
            lines.add(assignment(setting));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String byDefault(SettingDoc setting) {
        return setting.required()
                ? "Required."
                : "Default: " + setting.value().describedDefault() + ".";
    }

    private static String assignment(SettingDoc setting) {
        if (setting.properties()) {
            return "#" + setting.key() + "NAME=";
        }
        SettingDoc.Value value = setting.value();
        // A value that depends on the machine would make the file differ from machine to machine.
        String shown = value.byDefault().isEmpty() ? value.defaultValue() : "";
        String quoted = BARE.matcher(shown).matches() ? shown : "'" + shown + "'";
        return (setting.required() ? "" : "#") + setting.key() + "=" + quoted;
    }

    private static void comment(List<String> lines, String text) {
        StringBuilder line = new StringBuilder("#");
        for (String word : text.split(" ", -1)) {
            if (line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder("#");
            }
            line.append(' ').append(word);
        }
        lines.add(line.toString());
    }
}
