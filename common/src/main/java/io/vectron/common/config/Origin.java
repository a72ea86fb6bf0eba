package io.vectron.common.config;

import java.nio.file.Path;

/** Where a value was found. */
public sealed interface Origin {
    /** Nowhere: the record's default. */
    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** The environment of the process. */
    record Environment() implements Origin {
        @Override
        public String toString() {
            return "environment";
        }
    }

    /**
     * A line of an env file.
     *
     * @param line counted from 1
     */
    record Line(Path file, int line) implements Origin {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    /** An argument of the program, such as {@code --grpc-port}. */
    record Argument(String option) implements Origin {
        @Override
        public String toString() {
            return "argument " + option;
        }
    }
}
