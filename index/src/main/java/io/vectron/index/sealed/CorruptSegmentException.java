package io.vectron.index.sealed;

import java.nio.file.Path;

/**
 * A file of the index does not hold what was written into it. Says which file, where in it and what
 * is wrong. No answer comes from the part that it names.
 */
public final class CorruptSegmentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final long offset;

    /**
     * Says what was found.
     *
     * @param offset in bytes from the start of the file, where the wrong part begins
     * @param what what was found, and what should have been
     */
    public CorruptSegmentException(Path file, long offset, String what) {
        super(file + " is corrupt at byte " + offset + ": " + what);
        this.file = file;
        this.offset = offset;
    }

    /** The same finding, for another caller, whose stack it tells. */
    CorruptSegmentException again() {
        CorruptSegmentException copy = new CorruptSegmentException(this);
        copy.initCause(this);
        return copy;
    }

    private CorruptSegmentException(CorruptSegmentException first) {
        super(first.getMessage());
        this.file = first.file;
        this.offset = first.offset;
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** Where the wrong part begins, in bytes from the start of the file. */
    public long offset() {
        return offset;
    }
}
