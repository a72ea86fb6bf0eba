package io.vectron.index.sealed;

import io.vectron.index.Metric;
import io.vectron.index.code.RecordLayout;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A file that code of the format before wrote. */
final class Golden {

    private Golden() {}

    /** The file's bytes. */
    static byte[] format1() throws IOException {
        try (InputStream file = Golden.class.getResourceAsStream("format-1.vsg")) {
            return Objects.requireNonNull(file, "format-1.vsg").readAllBytes();
        }
    }

    /** What it was written from. */
    static SegmentSource source() {
        return new RandomSource(9, 5, new RecordLayout(2, false), Metric.EUCLIDEAN);
    }
}
