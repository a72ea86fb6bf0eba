package io.vectron.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DictionaryTest {
    private static final Path FILE = Path.of("..", "demo", "wordnet.tsv.gz");

    @TempDir Path folder;

    @Test
    void theFileHasTenThousandMeaningsEverydayWordsFirst() throws Exception {
        List<Word> words = Dictionary.read(FILE, Integer.MAX_VALUE);

        assertThat(words).hasSizeGreaterThan(10_000);
        Set<String> ids = new HashSet<>();
        words.forEach(word -> assertThat(ids.add(word.id())).as(word.id()).isTrue());
        assertThat(words.subList(0, 50)).extracting(Word::words).contains("be", "state, say, tell");
        assertThat(words).extracting(Word::words).contains("claustrophobia", "cobbler, shoemaker");
    }

    @Test
    void readsNoMoreThanAskedFor() throws Exception {
        assertThat(Dictionary.read(FILE, 3)).hasSize(3);
    }

    @Test
    void namesADamagedLine() throws Exception {
        Path file = folder.resolve("words.tsv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            String lines = "n1\tnoun\tcat\tan animal\nn2\tnoun\tdog\n";
            out.write(lines.getBytes(StandardCharsets.UTF_8));
        }
        assertThatThrownBy(() -> Dictionary.read(file, 10))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2 is damaged");
    }
}
