package io.vectron.gateway.rest;

import io.vectron.common.error.VectronException;
import java.io.IOException;

/** Answers a call. Runs on a virtual thread and may block. */
@FunctionalInterface
public interface RestHandler {

    /**
     * Answers.
     *
     * @throws VectronException becomes the error that the caller gets
     * @throws IOException if the caller cannot be read from or written to
     */
    void handle(RestCall call) throws IOException;
}
