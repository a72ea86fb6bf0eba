package io.vectron.placement.plan;

/** How far a deletion has come. The numbers are stored: none ever changes its meaning. */
public enum DeletionStep {
    /** Views show the collection as being deleted: gateways and the job let go of it. */
    RECORDED(0),
    /** The catalogue topic says so too. */
    CATALOGUED(1),
    /** No member runs a replica any more. */
    REPLICAS_REMOVED(2),
    /** The topic is gone. What is left is the catalogue. */
    TOPIC_DELETED(3);

    private final int number;

    DeletionStep(int number) {
        this.number = number;
    }

    /** As stored. */
    public int number() {
        return number;
    }

    /**
     * The step of a stored number.
     *
     * @throws IllegalArgumentException if there is none: a newer version wrote it
     */
    public static DeletionStep of(int number) {
        for (DeletionStep step : values()) {
            if (step.number == number) {
                return step;
            }
        }
        throw new IllegalArgumentException("no step of a deletion: " + number);
    }
}
