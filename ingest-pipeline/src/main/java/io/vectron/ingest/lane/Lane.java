package io.vectron.ingest.lane;

import com.google.protobuf.ByteString;
import io.vectron.common.digest.DigestPoints;
import io.vectron.proto.log.v1.ApplyBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the log of one shard to one replica group: in order, each position once, at most one
 * command in flight, a bounded number of bytes held. The log is the truth, so whatever cannot be
 * held is dropped and read again.
 *
 * <p>Pure: no clock (time comes with each event, milliseconds that never fall), no thread, no I/O.
 * Events return the commands to carry out, in order. Single owner: the task's thread.
 *
 * <p>What it holds is one contiguous stretch of the log:
 *
 * <pre>
 *   applied          from                      end
 *      |  in flight    |  queue                  |  still in Kafka
 * </pre>
 *
 * where {@code from == applied} while nothing is in flight. A batch with rejected records takes
 * three steps: look up the versions they replace, make the dead letters durable, send.
 */
public final class Lane {
    /** Permanent name: the shard takes nothing more from its log. */
    static final String HALTED = "SHARD_HALTED";

    private final LaneTarget target;
    private final LaneLimits limits;
    private final ArrayDeque<LaneRecord> queue = new ArrayDeque<>();

    private @Nullable Batch inFlight;
    private long number; // of the last command that expects an answer
    private long session; // of the last rewind; older elements are ignored
    private long applied;
    private long end;
    private int endEpoch = LaneRecord.NO_EPOCH; // Kafka's leader epoch of the record before end
    private long logEnd = -1;
    private long epoch;
    private long capBytes;
    private long heldBytes; // in flight and queue
    private int queuedEntryBytes;
    private long lettersThrough = -1; // letters up to this offset are durable
    private int failures; // in a row
    private long notBeforeMs = Long.MIN_VALUE; // nothing is sent earlier
    private boolean checking; // an idle lane waits for the shard's position
    private long checkAtMs = Long.MIN_VALUE; // an idle lane asks for it then
    private boolean paused;
    private boolean stopped;

    /**
     * A lane whose shard stands at {@code position}.
     *
     * @param target where batches go
     * @param limits bounds and pace
     * @param epoch membership of the group as the view tells it
     * @param position applied position: the next offset to deliver
     */
    public Lane(LaneTarget target, LaneLimits limits, long epoch, long position) {
        if (position < 0) {
            throw new IllegalArgumentException("position is negative: " + position);
        }
        this.target = target;
        this.limits = limits;
        this.capBytes = limits.capBytes();
        this.epoch = epoch;
        this.applied = position;
        this.end = position;
    }

    /**
     * The source read a record.
     *
     * @param session session of the split when it was read
     * @param logEnd last stable offset, -1 if unknown
     */
    public List<Effect> accept(LaneRecord record, long session, long logEnd, long nowMs) {
        if (stopped || session != this.session || record.offset() < end) {
            return List.of();
        }
        this.logEnd = logEnd;
        if (heldBytes + record.heldBytes() > capBytes + limits.overrunBytes() && heldBytes > 0) {
            List<Effect> effects = new ArrayList<>();
            pause(effects);
            rewind(end, effects);
            return effects;
        }
        end = record.offset() + 1;
        endEpoch = record.leaderEpoch();
        if (!record.isBarrier()) {
            queue.addLast(record);
            heldBytes += record.heldBytes();
            queuedEntryBytes += record.entryBytes();
        }
        if (heldBytes < capBytes && !(inFlight == null && isFull())) {
            return List.of();
        }
        List<Effect> effects = new ArrayList<>();
        pauseIfFull(effects);
        if (isFull()) {
            pump(nowMs, effects);
        }
        return effects;
    }

    /**
     * The source's position moved, with or without records before: everything below {@code
     * position} was read. Comes at the end of each poll, so this is where an idle lane sends.
     *
     * @param leaderEpoch Kafka's leader epoch of the last record before it, {@link
     *     LaneRecord#NO_EPOCH} if not known
     */
    public List<Effect> advance(
            long position, int leaderEpoch, long session, long logEnd, long nowMs) {
        if (stopped || session != this.session) {
            return List.of();
        }
        this.logEnd = logEnd;
        if (position > end) {
            end = position;
            endEpoch = leaderEpoch;
        }
        return tick(nowMs);
    }

    /** As above, where the epoch is not known. */
    public List<Effect> advance(long position, long session, long logEnd, long nowMs) {
        return advance(position, LaneRecord.NO_EPOCH, session, logEnd, nowMs);
    }

    /** Time passed; due at {@link #deadlineMs()}. */
    public List<Effect> tick(long nowMs) {
        if (nowMs < deadlineMs()) {
            return List.of();
        }
        List<Effect> effects = new ArrayList<>();
        if (isIdle()) {
            checking = true;
            number++;
            effects.add(new Effect.Check(number));
        } else {
            pump(nowMs, effects);
        }
        return effects;
    }

    /** The answer to the command with this number. */
    public List<Effect> reply(long number, Reply reply, long nowMs) {
        Batch batch = inFlight;
        if (stopped || number != this.number || (batch == null && !checking)) {
            return List.of();
        }
        List<Effect> effects = new ArrayList<>();
        if (batch == null) {
            checked(reply, nowMs, effects);
        } else {
            replied(batch, reply, nowMs, effects);
        }
        if (!stopped) {
            pump(nowMs, effects);
        }
        return effects;
    }

    private void replied(Batch batch, Reply reply, long nowMs, List<Effect> effects) {
        switch (reply) {
            case Reply.Applied(long position) -> applied(batch, position, nowMs, effects);
            case Reply.Versions(Map<ByteString, Long> byId) -> {
                batch.versions = byId;
                step(batch, effects);
            }
            case Reply.LettersWritten() -> {
                lettersThrough = Math.max(lettersThrough, batch.to - 1);
                step(batch, effects);
            }
            case Reply.Gap(long expected) -> {
                fail("gap: the shard stands at " + expected, nowMs, effects);
                continueAt(expected, effects);
            }
            case Reply.NotLeader() -> fail("not the leader", nowMs, effects);
            case Reply.StaleEpoch(long current) ->
                    fail("epoch " + epoch + " is stale, now " + current, nowMs, effects);
            case Reply.UnknownShard() -> fail("unknown shard", nowMs, effects);
            case Reply.Unavailable(String reason) -> fail(reason, nowMs, effects);
            case Reply.Overloaded(long retryAfterMs, String reason) ->
                    press("overloaded: " + reason, retryAfterMs, nowMs, effects);
            case Reply.WrongTopic(String expected) ->
                    stop("WRONG_TOPIC", "the shard follows topic " + expected, effects);
            case Reply.Invalid(String message) -> stop("INVALID_BATCH", message, effects);
            case Reply.Halted(String why) -> stop(HALTED, why, effects);
        }
    }

    /**
     * The shard was asked while nothing was to be done. One that fell back has lost state and is
     * given the log again; one that did not answer is asked again later.
     */
    private void checked(Reply reply, long nowMs, List<Effect> effects) {
        checking = false;
        checkAtMs = nowMs + limits.checkMs();
        switch (reply) {
            case Reply.Applied(long position) -> continueAt(position, effects);
            case Reply.WrongTopic(String expected) ->
                    stop("WRONG_TOPIC", "the shard follows topic " + expected, effects);
            case Reply.Halted(String why) -> stop(HALTED, why, effects);
            default -> {}
        }
    }

    /** The view tells another epoch of the group. A lower one is kept out: views only grow. */
    public void epoch(long epoch) {
        this.epoch = Math.max(this.epoch, epoch);
    }

    /** The lane's share of the memory changed. */
    public List<Effect> resize(long capBytes) {
        if (capBytes < 1) {
            throw new IllegalArgumentException("capBytes is below 1: " + capBytes);
        }
        this.capBytes = capBytes;
        List<Effect> effects = new ArrayList<>();
        if (!stopped) {
            pauseIfFull(effects);
            resumeIfLow(effects);
        }
        return effects;
    }

    /** Forgets everything held; every later event is ignored. */
    public void drop() {
        stopped = true;
        clear();
    }

    /** When {@link #tick} has something to do, or {@link Long#MAX_VALUE}. */
    public long deadlineMs() {
        if (stopped || inFlight != null) {
            return Long.MAX_VALUE;
        }
        if (isIdle()) {
            return checking ? Long.MAX_VALUE : checkAtMs;
        }
        return notBeforeMs;
    }

    public LaneTarget target() {
        return target;
    }

    /** Position up to which the shard is known to have applied everything. */
    public long appliedPosition() {
        return applied;
    }

    /** Position up to which the lane holds or has delivered everything. */
    public long endPosition() {
        return end;
    }

    /** Last stable offset of the partition as last seen, -1 if unknown. */
    public long logEnd() {
        return logEnd;
    }

    /**
     * Kafka's timestamp of the oldest record held, which is the oldest one not known to be applied;
     * -1 if none is held.
     */
    public long oldestHeldMs() {
        Batch batch = inFlight;
        if (batch != null && !batch.records.isEmpty()) {
            return batch.records.getFirst().way().loggedAtMs();
        }
        return queue.isEmpty() ? -1 : queue.getFirst().way().loggedAtMs();
    }

    /** Bytes held, in flight included. At most cap + overrun + one record. */
    public long heldBytes() {
        return heldBytes;
    }

    /** Whether a batch is between its cut and its acknowledgement. */
    public boolean isInFlight() {
        return inFlight != null;
    }

    /** Whether the lane has given up. */
    public boolean isStopped() {
        return stopped;
    }

    /** Whether the source was asked to pause. */
    public boolean isPaused() {
        return paused;
    }

    /** Whether everything that was read is applied. */
    private boolean isIdle() {
        return inFlight == null && applied == end;
    }

    private boolean isFull() {
        return queue.size() >= limits.batchRecords() || queuedEntryBytes >= limits.batchBytes();
    }

    /** Cuts and starts the next batch, if it may go now. */
    private void pump(long nowMs, List<Effect> effects) {
        if (inFlight != null || applied == end) {
            return;
        }
        boolean waiting = nowMs < notBeforeMs;
        if (waiting && (failures > 0 || !isFull())) {
            return;
        }
        notBeforeMs = nowMs + limits.lingerMs();
        checking = false;
        Batch batch = cut();
        inFlight = batch;
        step(batch, effects);
    }

    private Batch cut() {
        List<LaneRecord> records = new ArrayList<>();
        int entryBytes = 0;
        int letters = 0;
        while (!queue.isEmpty() && records.size() < limits.batchRecords()) {
            LaneRecord next = queue.getFirst();
            boolean fits =
                    entryBytes + next.entryBytes() <= limits.batchBytes()
                            && (records.isEmpty()
                                    || DigestPoints.together(
                                            records.getFirst().offset(), next.offset()));
            if (!records.isEmpty() && (!fits || letters == limits.batchLetters())) {
                break;
            }
            entryBytes += next.entryBytes();
            letters += next.letter() == null ? 0 : 1;
            records.add(queue.removeFirst());
        }
        queuedEntryBytes -= entryBytes;
        return queue.isEmpty()
                ? new Batch(records, end, endEpoch)
                : new Batch(
                        records, records.getLast().offset() + 1, records.getLast().leaderEpoch());
    }

    /** The batch's next step: look up, write letters, or send. */
    private void step(Batch batch, List<Effect> effects) {
        Letters letters = Letters.of(batch.records, lettersThrough, batch.versions);
        number++;
        if (!letters.unknown().isEmpty()) {
            effects.add(new Effect.LookUp(number, applied, letters.unknown()));
        } else if (!letters.addressed().isEmpty()) {
            effects.add(new Effect.WriteDeadLetters(number, letters.addressed()));
        } else {
            ApplyBatch entry = batch.entry(target, epoch, applied, logEnd);
            effects.add(new Effect.Send(number, entry, Journey.of(batch.records)));
        }
    }

    private void applied(Batch batch, long position, long nowMs, List<Effect> effects) {
        if (position < batch.to) {
            // The shard breaks its contract; what it says it has is still the best knowledge.
            fail("applied only to " + position + " of " + batch.to, nowMs, effects);
            continueAt(position, effects);
            return;
        }
        failures = 0;
        checkAtMs = nowMs + limits.checkMs();
        inFlight = null;
        applied = batch.to;
        heldBytes -= batch.heldBytes();
        effects.add(batch.acknowledged(position));
        continueAt(position, effects);
        resumeIfLow(effects);
    }

    /** The command failed: the records go back to the queue, to be cut anew after a wait. */
    private void fail(String reason, long nowMs, List<Effect> effects) {
        failures++;
        retry(reason, false, limits.retry().delayMs(failures), nowMs, effects);
    }

    /** The shard asks for time, and knows best how much: waiting longer would leave it idle. */
    private void press(String reason, long afterMs, long nowMs, List<Effect> effects) {
        failures++;
        long delayMs = Math.clamp(afterMs, limits.retry().minMs(), limits.retry().maxMs());
        retry(reason, true, delayMs, nowMs, effects);
    }

    private void retry(
            String reason, boolean pressed, long delayMs, long nowMs, List<Effect> effects) {
        notBeforeMs = nowMs + delayMs;
        putBack();
        effects.add(new Effect.Retrying(reason, pressed, failures, delayMs));
    }

    private void putBack() {
        Batch batch = inFlight;
        if (batch == null) {
            return;
        }
        for (LaneRecord record : batch.records.reversed()) {
            queue.addFirst(record);
            queuedEntryBytes += record.entryBytes();
        }
        inFlight = null;
    }

    /** Goes on from the shard's position: out of what is held, or else out of the log. */
    private void continueAt(long position, List<Effect> effects) {
        if (position < applied || position > end) {
            applied = position;
            rewind(position, effects);
            clear();
            resumeIfLow(effects);
            return;
        }
        applied = position;
        while (!queue.isEmpty() && queue.getFirst().offset() < position) {
            LaneRecord record = queue.removeFirst();
            heldBytes -= record.heldBytes();
            queuedEntryBytes -= record.entryBytes();
        }
    }

    private void rewind(long position, List<Effect> effects) {
        session++;
        end = position;
        endEpoch = LaneRecord.NO_EPOCH;
        effects.add(new Effect.Rewind(position, session));
    }

    private void stop(String code, String message, List<Effect> effects) {
        drop();
        effects.add(new Effect.Stop(code, message));
    }

    private void clear() {
        queue.clear();
        inFlight = null;
        heldBytes = 0;
        queuedEntryBytes = 0;
    }

    private void pauseIfFull(List<Effect> effects) {
        if (heldBytes >= capBytes) {
            pause(effects);
        }
    }

    private void pause(List<Effect> effects) {
        if (!paused) {
            paused = true;
            effects.add(new Effect.Pause());
        }
    }

    private void resumeIfLow(List<Effect> effects) {
        if (paused && heldBytes <= capBytes / 2) {
            paused = false;
            effects.add(new Effect.Resume());
        }
    }
}
