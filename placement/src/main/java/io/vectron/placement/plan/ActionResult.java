package io.vectron.placement.plan;

import io.vectron.placement.model.Failure;

/** How an {@link Action} ended. */
public sealed interface ActionResult {
    /** It is done, now or before. */
    record Done() implements ActionResult {}

    /**
     * The topic has this id.
     *
     * @param topicId as Kafka prints it, base64
     */
    record Identified(String topicId) implements ActionResult {
        public Identified {
            if (topicId.isEmpty()) {
                throw new IllegalArgumentException("topic id is empty");
            }
        }
    }

    /** All is well, but it takes its time. */
    record NotYet(String reason) implements ActionResult {}

    /** Something does not answer or refuses for the moment. */
    record Retry(String reason) implements ActionResult {}

    /** What a change of members waits for is gone, and will not come back by itself. */
    record Lost(String reason) implements ActionResult {}

    /** No retry will help. */
    record Refused(Failure failure) implements ActionResult {}
}
