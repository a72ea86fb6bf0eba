package io.vectron.standalone.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A shard: its log, the batches that its group agreed on, and the replicas that apply them. */
final class ModelShard {
    /** A replica: exactly the state at its position, unless it has a bug. */
    static final class ModelReplica {
        final String worker;
        long position;
        long epoch;
        int applied; // batches
        int starts;
        Map<String, LogRecord> rows = new HashMap<>();
        Map<String, LogRecord> late = new HashMap<>(); // published, and not there yet
        Map<String, LogRecord> synced = new HashMap<>();

        ModelReplica(String worker) {
            this.worker = worker;
        }

        Replica identity() {
            return new Replica(worker, starts + "/" + epoch);
        }
    }

    /** What the members agree on, in this order. */
    private sealed interface Entry {}

    /** Records of the log as a job read them. */
    private record Batch(long epoch, long from, long to, List<LogRecord> records)
            implements Entry {}

    /** From now on batches of older epochs are refused. */
    private record NewEpoch(long epoch) implements Entry {}

    private static final int REPLICAS = 3;

    final int number;
    final List<LogRecord> log = new ArrayList<>();
    final List<ModelReplica> replicas = new ArrayList<>();
    private final List<Entry> agreed = new ArrayList<>();
    private final List<Batch> delayed = new ArrayList<>(); // sent, and not arrived yet
    private final Bug bug;
    private final Random random;
    private long epoch = 1;
    private long sentTo;
    private long agreedTo; // position of a member that has applied all

    ModelShard(int number, Bug bug, Random random) {
        this.number = number;
        this.bug = bug;
        this.random = random;
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(new ModelReplica("worker-" + (i + 1)));
        }
    }

    LogRecord append(String key, Change change) {
        LogRecord record = new LogRecord(number, log.size(), key, change);
        log.add(record);
        return record;
    }

    /** The job reads some records and sends them; now and then it sends what it sent before. */
    void send() {
        if (random.nextInt(6) == 0) {
            sentTo = random.nextLong(sentTo + 1);
        }
        long to = Math.min(log.size(), sentTo + 1 + random.nextInt(4));
        if (to > sentTo) {
            List<LogRecord> records = List.copyOf(log.subList((int) sentTo, (int) to));
            delayed.add(new Batch(epoch, sentTo, to, records));
            sentTo = to;
        }
    }

    /** One of the batches under way arrives, now and then twice. */
    void arrive() {
        if (!delayed.isEmpty()) {
            // Mostly in order; else most would be refused.
            int which = random.nextInt(4) == 0 ? random.nextInt(delayed.size()) : 0;
            Batch batch = random.nextInt(8) == 0 ? delayed.get(which) : delayed.remove(which);
            agreed.add(batch);
            if (batch.epoch() == epoch && batch.from() <= agreedTo) {
                agreedTo = Math.max(agreedTo, batch.to());
            }
        }
    }

    void applyNext(ModelReplica replica) {
        replica.rows.putAll(replica.late);
        replica.late.clear();
        if (replica.applied < agreed.size()) {
            switch (agreed.get(replica.applied)) {
                case Batch batch -> apply(replica, batch);
                case NewEpoch next -> replica.epoch = next.epoch();
            }
            replica.applied++;
        }
    }

    private void apply(ModelReplica replica, Batch batch) {
        if (batch.epoch() < replica.epoch && bug != Bug.IGNORED_EPOCH) {
            return;
        }
        boolean again = batch.to() <= replica.position;
        if (batch.from() > replica.position || (again && bug != Bug.DROPPED_DEDUPLICATION)) {
            return;
        }
        for (LogRecord record : batch.records()) {
            if (record.offset() >= replica.position || bug == Bug.DROPPED_DEDUPLICATION) {
                boolean forgotten =
                        bug == Bug.RISEN_ROW
                                && record.change() instanceof Change.Delete
                                && random.nextInt(4) == 0;
                if (!forgotten) {
                    (bug == Bug.EARLY_WATERMARK ? replica.late : replica.rows)
                            .put(record.key(), record);
                }
            }
        }
        replica.position = Math.max(replica.position, batch.to());
    }

    /** Until nothing is under way, all members have all, and the job finds nothing to read. */
    void drain() {
        delayed.clear();
        sentTo = 0;
        while (sentTo < log.size()) {
            long to = Math.min(log.size(), sentTo + 4);
            agreed.add(
                    new Batch(epoch, sentTo, to, List.copyOf(log.subList((int) sentTo, (int) to))));
            sentTo = to;
        }
        for (ModelReplica replica : replicas) {
            while (replica.applied < agreed.size() || !replica.late.isEmpty()) {
                applyNext(replica);
            }
        }
    }

    void sync(ModelReplica replica) {
        replica.synced = new HashMap<>(replica.rows);
    }

    /** kill -9 and a start. */
    void restart(ModelReplica replica) {
        replica.starts++;
        if (bug == Bug.ROWS_NOT_SYNCED) {
            replica.rows = new HashMap<>(replica.synced);
        }
    }

    /** Another member takes over; the job looks where it stands. */
    void changeLeader() {
        sentTo = replicas.get(random.nextInt(replicas.size())).position;
    }

    /**
     * The log loses what was neither acknowledged nor applied and goes on with other records, under
     * a new epoch, while batches of the old one are still under way.
     *
     * @param acknowledged records that may not be lost, from the first on
     */
    int cut(int acknowledged) {
        long kept = Math.max(acknowledged, agreedTo);
        log.subList((int) kept, log.size()).clear();
        epoch++;
        agreed.add(new NewEpoch(epoch));
        sentTo = Math.min(sentTo, log.size());
        return (int) kept;
    }

    /** A defect that shows without any other event. */
    void decay() {
        ModelReplica replica = replicas.get(random.nextInt(replicas.size()));
        if (bug == Bug.DELETED_ROW && !replica.rows.isEmpty()) {
            replica.rows.remove(replica.rows.keySet().stream().sorted().findFirst().orElseThrow());
        }
        if (bug == Bug.OLD_STATE && replica.position > 4) {
            replica.position /= 2;
            replica.rows.clear();
            log.stream()
                    .filter(record -> record.offset() < replica.position)
                    .forEach(record -> replica.rows.put(record.key(), record));
        }
    }
}
