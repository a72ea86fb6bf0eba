package io.vectron.ingest.source;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * A reader tells that the log does not hold what it was to read on, and has given the split up.
 *
 * @param group group of the feed, the split's id
 * @param position where it was to read on
 * @param epochEnd where the log of that position's leader epoch ends, -1 if not known
 */
record LogWasCut(String group, long position, long epochEnd) implements SourceEvent {}
