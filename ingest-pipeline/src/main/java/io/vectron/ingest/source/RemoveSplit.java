package io.vectron.ingest.source;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * Tells a reader that a feed is gone.
 *
 * @param group group of the feed, the split's id
 */
record RemoveSplit(String group) implements SourceEvent {}
