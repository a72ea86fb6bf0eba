package io.vectron.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedderTest {
    @TempDir static Path folder;
    private static Embedder embedder;

    @BeforeAll
    static void load() throws Exception {
        embedder = Embedder.load(folder);
    }

    @AfterAll
    static void close() {
        embedder.close();
    }

    @Test
    void givesWhatTheStockModelGives() {
        float[] stock =
                new AllMiniLmL6V2QuantizedEmbeddingModel().embed("a person").content().vector();
        assertThat(embedder.embed("a person")).containsExactly(stock, within(1e-4f));
    }

    @Test
    void aBatchIsInOrderAndOfUnitLength() {
        List<String> texts = List.of("one", "two", "three", "four", "five");
        List<float[]> vectors = embedder.embed(texts);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(vectors.get(i)).hasSize(Embedder.DIMENSION);
            assertThat(vectors.get(i)).containsExactly(embedder.embed(texts.get(i)), within(1e-4f));
            assertThat(dot(vectors.get(i), vectors.get(i))).isEqualTo(1, within(1e-3));
        }
    }

    @Test
    void meaningsThatAreCloseAreCloserThanOthers() {
        float[] question = embedder.embed("an abnormal fear of being enclosed in a small space");
        double near =
                dot(
                        question,
                        embedder.embed(
                                "claustrophobia: a morbid fear of being closed in a confined"
                                        + " space"));
        double far = dot(question, embedder.embed("octave: a feast day"));
        assertThat(near).isGreaterThan(0.7).isGreaterThan(far + 0.4);
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * (double) b[i];
        }
        return sum;
    }
}
