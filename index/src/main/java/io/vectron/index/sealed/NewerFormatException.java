package io.vectron.index.sealed;

import java.io.IOException;
import java.nio.file.Path;

/** A file is sound, but of a version of its format that this code does not know. */
public final class NewerFormatException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * Says what would be needed.
     *
     * @param version the file's
     * @param known the newest that this code reads
     */
    public NewerFormatException(Path file, int version, int known) {
        super(
                file
                        + " has format version "
                        + Integer.toUnsignedString(version)
                        + "; this Vectron reads up to "
                        + known);
    }
}
