package io.vectron.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Lines of text from a stream. */
final class Lines {
    private Lines() {}

    /** All lines that are not empty. */
    static List<String> of(InputStream in) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        return lines.readAllLines().stream().filter(line -> !line.isEmpty()).toList();
    }
}
