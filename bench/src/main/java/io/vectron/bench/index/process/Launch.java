package io.vectron.bench.index.process;

import io.vectron.bench.index.engine.IndexShape;
import java.util.List;

/**
 * How the process of an engine of ours is started.
 *
 * @param shape of the index as a whole; other engines do not look at it
 * @param prefix put before the command, for what shall hold from its beginning on
 * @param flags of the JVM, beside those of this one
 */
public record Launch(IndexShape shape, List<String> prefix, List<String> flags) {

    /** As usual. */
    public static final Launch DEFAULT = of(IndexShape.DEFAULT);

    /** Copies the lists. */
    public Launch {
        prefix = List.copyOf(prefix);
        flags = List.copyOf(flags);
    }

    /** An index of that shape. */
    public static Launch of(IndexShape shape) {
        return new Launch(shape, List.of(), List.of());
    }

    /** The same with a heap of at most so many megabytes. */
    public Launch withHeap(int megabytes) {
        return new Launch(shape, prefix, List.of("-Xms8m", "-Xmx" + megabytes + "m"));
    }

    /** The same with another prefix. */
    public Launch behind(List<String> other) {
        return new Launch(shape, other, flags);
    }
}
