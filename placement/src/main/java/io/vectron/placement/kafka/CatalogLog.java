package io.vectron.placement.kafka;

import io.vectron.proto.log.v1.CatalogRecord;

/**
 * The catalogue topic. A call returns when all in-sync replicas have the record. Any thread may
 * call; records of one collection must come from one thread at a time.
 */
public interface CatalogLog extends AutoCloseable {
    /** How a call ended. */
    sealed interface Result {
        /** The record is there to stay. */
        record Written() implements Result {}

        /** Kafka will not take it however often it is asked. */
        record Refused(String reason) implements Result {}

        /** Kafka does not answer, or cannot take it now; it may take it yet. */
        record Unavailable(String reason) implements Result {}
    }

    /** Writes a collection. */
    Result write(CatalogRecord record) throws InterruptedException;

    /** Says that a collection is gone. */
    Result clear(String collectionId) throws InterruptedException;

    @Override
    void close();
}
