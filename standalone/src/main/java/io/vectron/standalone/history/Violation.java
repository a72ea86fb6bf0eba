package io.vectron.standalone.history;

import java.util.List;

/** Something in a history that cannot be if the system keeps its promises. */
public sealed interface Violation {
    /** The operations that show it. */
    List<Operation> operations();

    /** One sentence, without the operations. */
    String text();

    /** A write was acknowledged, and the log does not hold it at the place that was named. */
    record LostFromLog(Operation.Write write) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(write);
        }

        @Override
        public String text() {
            return "an acknowledged write is not in the log";
        }
    }

    /** One write lies in the log twice: the second one may overtake a newer write. */
    record WrittenTwice(Operation.Write write, LogRecord first, LogRecord second)
            implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(write);
        }

        @Override
        public String text() {
            return "one write is in the log twice: " + first + " and " + second;
        }
    }

    /** The log holds what nobody wrote. */
    record NobodysRecord(LogRecord record) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of();
        }

        @Override
        public String text() {
            return "nobody wrote " + record;
        }
    }

    /** A write that began after another one was acknowledged lies before it. */
    record OutOfOrder(Operation.Write earlier, Operation.Write later) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(earlier, later);
        }

        @Override
        public String text() {
            return "a later write lies before an earlier one of the same shard";
        }
    }

    /** A position after the end of the log. */
    record BeyondTheLog(Operation.Read read, int shard, long position, long end)
            implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(read);
        }

        @Override
        public String text() {
            return "shard " + shard + " is at " + position + ", but its log ends at " + end;
        }
    }

    /** A point that the log does not have at this version, or whose value is another one. */
    record Invented(Operation.Read read, Shown shown) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(read);
        }

        @Override
        public String text() {
            return "the log has no such value: " + shown;
        }
    }

    /** A point that is written only at or after the answer's position. */
    record TooEarly(Operation.Read read, Shown shown, long position) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(read);
        }

        @Override
        public String text() {
            return "at position " + position + " this is not written yet: " + shown;
        }
    }

    /** An old version of a point that a newer one before the answer's position replaced. */
    record Overtaken(Operation.Read read, Shown shown, LogRecord newest) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(read);
        }

        @Override
        public String text() {
            return "an old version is shown, " + shown + ", instead of " + newest;
        }
    }

    /** A point that was deleted before the answer's position. */
    record Risen(Operation.Read read, Shown shown, LogRecord deletion) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(read);
        }

        @Override
        public String text() {
            return "a deleted point is shown, " + shown + ", in spite of " + deletion;
        }
    }

    /** A point that is missing from an answer that must hold it. */
    record Missing(Operation.Read read, LogRecord record, long position) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(read);
        }

        @Override
        public String text() {
            return "at position " + position + " the answer lacks " + record;
        }
    }

    /** One point twice in one answer. */
    record ShownTwice(Operation.Read read, Shown shown) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(read);
        }

        @Override
        public String text() {
            return "shown twice: " + shown;
        }
    }

    /** An answer that does not include the write whose token was given. */
    record BelowToken(Operation.Read read, int shard, long offset, long position)
            implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(read);
        }

        @Override
        public String text() {
            return "asked for offset "
                    + offset
                    + " of shard "
                    + shard
                    + " at least, answered at position "
                    + position;
        }
    }

    /** An answer that says it includes all writes up to a moment, and lacks one. */
    record NotSoFresh(Operation.Read read, Operation.Write write) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(write, read);
        }

        @Override
        public String text() {
            return "the answer is not as fresh as it says: it lacks an earlier write";
        }
    }

    /** The position of a replica that did not restart went back. */
    record WentBack(int shard, Operation.Read earlier, Operation.Read later) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(earlier, later);
        }

        @Override
        public String text() {
            return "the watermark of a replica of shard " + shard + " went back";
        }
    }

    /** All is quiet, and an answer is not at the end of the log. */
    record NotAtTheEnd(Operation.Read read, int shard, long position, long end)
            implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(read);
        }

        @Override
        public String text() {
            return "all is quiet, but shard " + shard + " stands at " + position + " of " + end;
        }
    }

    /** All is quiet, and members of a shard hold different rows. */
    record MembersDiffer(Operation.Census census) implements Violation {
        @Override
        public List<Operation> operations() {
            return List.of(census);
        }

        @Override
        public String text() {
            return "the members of shard " + census.shard() + " are not alike";
        }
    }
}
