package io.vectron.standalone.history;

/** What a record does to its key. */
public sealed interface Change {
    /**
     * Gives the key a value.
     *
     * @param stamp names the value: no two writes of a history have the same; positive
     */
    record Put(long stamp) implements Change {
        /** Refuses what is no stamp. */
        public Put {
            if (stamp <= 0) {
                throw new IllegalArgumentException("no stamp: " + stamp);
            }
        }
    }

    /** Removes the key. */
    record Delete() implements Change {}
}
