package io.vectron.standalone.flink;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A Flink cluster that somebody else runs and that takes jobs. Used by one thread. */
interface SessionCluster extends AutoCloseable {
    /**
     * Ids of the jobs of a name that have not ended for good.
     *
     * @throws IOException if the cluster does not tell
     */
    List<String> alive(String name) throws IOException, InterruptedException;

    /**
     * Submits the program of a jar; returns the id of its job.
     *
     * @throws IOException if the cluster refuses it, or does not answer: the job may run then
     */
    String submit(Path jar, List<String> arguments) throws IOException, InterruptedException;

    /** Lets go of connections; calls that wait fail. May be called by any thread. */
    @Override
    void close();
}
