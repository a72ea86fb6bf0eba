package io.vectron.index.sealed;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What is known of one file's soundness: nothing bad, or the first corruption found, for good. */
final class Verdict {

    private static final VarHandle FOUND;

    static {
        try {
            FOUND =
                    MethodHandles.lookup()
                            .findVarHandle(Verdict.class, "found", CorruptSegmentException.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Path file;
    private volatile @Nullable CorruptSegmentException found; // set once, by FOUND

    Verdict(Path file) {
        this.file = file;
    }

    /** Records a corruption, unless one is known already, and returns the first one. */
    CorruptSegmentException corrupt(long offset, String what) {
        CorruptSegmentException now = new CorruptSegmentException(file, offset, what);
        return FOUND.compareAndSet(this, null, now) ? now : requireFound().again();
    }

    /**
     * Does nothing as long as no corruption is known.
     *
     * @throws CorruptSegmentException if one is
     */
    void requireSound() {
        if (found != null) {
            throw requireFound().again();
        }
    }

    @Nullable CorruptSegmentException found() {
        return found;
    }

    private CorruptSegmentException requireFound() {
        CorruptSegmentException first = found;
        if (first == null) {
            throw new IllegalStateException("no corruption is known");
        }
        return first;
    }
}
