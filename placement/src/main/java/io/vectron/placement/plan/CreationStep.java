package io.vectron.placement.plan;

/** How far a creation has come. The numbers are stored: none ever changes its meaning. */
public enum CreationStep {
    /** The name is reserved and the shards have their places. */
    RECORDED(0),
    /** The catalogue topic holds the collection as one being created. */
    CATALOGUED(1),
    /** The topic and its dead-letter topic exist. */
    TOPICS_CREATED(2),
    /** Kafka's id of the topic is recorded. */
    TOPIC_IDENTIFIED(3),
    /** Every member of every shard runs its replica. */
    REPLICAS_ADDED(4),
    /** Every shard has a leader that answers. What is left is the catalogue. */
    LEADERS_ELECTED(5);

    private final int number;

    CreationStep(int number) {
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
    public static CreationStep of(int number) {
        for (CreationStep step : values()) {
            if (step.number == number) {
                return step;
            }
        }
        throw new IllegalArgumentException("no step of a creation: " + number);
    }
}
