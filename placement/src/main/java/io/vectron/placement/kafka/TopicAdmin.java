package io.vectron.placement.kafka;

import io.vectron.proto.log.v1.CollectionFacts;

/**
 * The topics of collections. What the caller must handle is in the result; a call waits no longer
 * than its settings say. Any thread may call.
 */
public interface TopicAdmin extends AutoCloseable {
    /** How a call ended. */
    sealed interface Result {
        /** It is done, now or before. */
        record Done() implements Result {}

        /**
         * The topic exists and is as the facts say.
         *
         * @param topicId Kafka's id of it, base64
         */
        record Found(String topicId) implements Result {}

        /** The topic does not exist. */
        record Absent() implements Result {}

        /** Another topic has the name: not with so many partitions, or under another id. */
        record Foreign(String reason) implements Result {}

        /** Kafka will not do it however often it is asked. */
        record Refused(String reason) implements Result {}

        /** Kafka does not answer, or cannot do it now. */
        record Unavailable(String reason) implements Result {}
    }

    /**
     * Creates the topic and the dead-letter topic of a collection; done if they exist as they
     * should.
     *
     * @return Done, Foreign, Refused or Unavailable
     */
    Result create(CollectionFacts facts) throws InterruptedException;

    /**
     * Looks the topic up.
     *
     * @return Found, Absent, Foreign, Refused or Unavailable
     */
    Result identify(CollectionFacts facts) throws InterruptedException;

    /**
     * Deletes the topic, but never one that is not the collection's.
     *
     * @param topicId the id that the topic must have; "" if none was ever recorded, when it must
     *     have the number of partitions that the facts say
     * @return Done (also if there was none), Foreign, Refused or Unavailable
     */
    Result delete(CollectionFacts facts, String topicId) throws InterruptedException;

    /**
     * Deletes a dead-letter topic.
     *
     * @return Done (also if there was none), Refused or Unavailable
     */
    Result deleteDeadLetters(String topic) throws InterruptedException;

    @Override
    void close();
}
