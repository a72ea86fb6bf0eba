package io.vectron.standalone.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The file of words and definitions; {@code demo/README.md} describes it. */
final class Dictionary {
    private static final int COLUMNS = 4;

    private Dictionary() {}

    /** The first {@code count} meanings of the file, everyday words first. */
    static List<Word> read(Path file, int count) throws IOException {
        List<Word> words = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            String line;
            while (words.size() < count && (line = lines.readLine()) != null) {
                String[] columns = line.split("\t", -1);
                if (columns.length != COLUMNS) {
                    throw new IOException(
                            file + ": line " + (words.size() + 1) + " is damaged: " + line);
                }
                words.add(new Word(columns[0], columns[1], columns[2], columns[3]));
            }
        }
        return words;
    }
}
