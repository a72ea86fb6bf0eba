package io.vectron.ingest.source;

import io.vectron.ingest.config.IngestConfig;
import io.vectron.ingest.feed.ShardFeed;
import java.io.Serializable;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Looks at the logs of shards, without reading them. Any thread. */
public interface LogSurvey extends AutoCloseable {
    /** Makes a survey; shipped to the enumerator. */
    @FunctionalInterface
    interface Factory extends Serializable {
        LogSurvey create(IngestConfig config);
    }

    /**
     * Looks now.
     *
     * @return what was found, by group; a shard whose topic or partition is not there, or that may
     *     not be looked at, is missing. Fails if Kafka does not answer
     */
    CompletableFuture<Map<String, LogLook>> look(Collection<ShardFeed> feeds);

    @Override
    void close();
}
