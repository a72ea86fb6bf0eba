package io.vectron.placement.plan;

/** How far a change of members has come. The numbers are stored: none ever changes its meaning. */
public enum ChangeStep {
    /** It is decided. */
    RECORDED(0),
    /** The group goes on without the one that is to lose what it has. */
    LEFT(1),
    /** Its data is gone. */
    EMPTIED(2),
    /** The one that joins has an empty replica. */
    ADDED(3),
    /** The group counts on it. */
    JOINED(4),
    /** It has all that the leader had. */
    CAUGHT_UP(5),
    /** Every member has the new epoch. */
    EPOCH_RAISED(6),
    /** The group goes on without the one that makes room. */
    REPLACED(7),
    /** Its data is gone. What is left is the catalogue. */
    REMOVED(8),
    /** The members of the new group run. */
    RENEWED(9),
    /** The new group leads, and is the shard's. */
    SWITCHED(10),
    /** What was left of the old group is gone. What is left is the catalogue. */
    OLD_REMOVED(11),
    /** The one that was to join does not; the group may count on it. */
    ABANDONED(12),
    /** It does not any more. What is left is the catalogue. */
    UNDONE(13);

    private final int number;

    ChangeStep(int number) {
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
    public static ChangeStep of(int number) {
        for (ChangeStep step : values()) {
            if (step.number == number) {
                return step;
            }
        }
        throw new IllegalArgumentException("no step of a change: " + number);
    }
}
