package io.vectron.bench.data;

import java.io.IOException;
import java.nio.file.Path;

/** A data set that is not as its layout says; the message names the file. */
public final class DataException extends IOException {

    /** A problem with a file. */
    DataException(Path file, String problem) {
        super(file + ": " + problem);
    }
}
