package io.vectron.standalone.simulation;

import io.vectron.ingest.lane.DeadLetter;
import io.vectron.ingest.lane.Effect;
import io.vectron.ingest.lane.Lane;
import io.vectron.ingest.lane.LaneLimits;
import io.vectron.ingest.lane.LaneRecord;
import io.vectron.ingest.lane.LaneTarget;
import io.vectron.ingest.lane.Reply;
import java.util.List;
import java.util.UUID;

/** A source and the real lane behind it, for one group. */
final class SimulatedJob {
    private static final LaneLimits LIMITS =
            new LaneLimits(4, 100_000, 2, 5, 4_000, 2_000, 100, new LaneLimits.Retry(5, 50));

    private final Simulation world;
    private final UUID group;
    private final Lane lane;
    private long position; // of the source
    private long session;
    private boolean paused;

    SimulatedJob(Simulation world, UUID group, LaneTarget target, long epoch, long position) {
        this.world = world;
        this.group = group;
        this.lane = new Lane(target, LIMITS, epoch, position);
        this.position = position;
    }

    /** The group that it feeds. */
    UUID group() {
        return group;
    }

    /** Dies; what it sent is still on the way. */
    void end() {
        lane.drop();
    }

    /**
     * Polls the log and lets time pass.
     *
     * @param epoch of the group, as placement tells it
     */
    void step(long epoch) {
        lane.epoch(epoch);
        if (!paused) {
            poll();
        }
        carryOut(lane.tick(world.now()));
    }

    private void poll() {
        SimulatedLog log = world.log();
        long end = log.end();
        long polled = session;
        for (LaneRecord record : log.read(position, 1 + world.random().nextInt(6))) {
            carryOut(lane.accept(record, polled, end, world.now()));
            if (session != polled) {
                return; // rewound in the middle of what was fetched
            }
            position = log.positionAfter(record);
        }
        if (log.read(position, 1).isEmpty()) {
            position = end;
        }
        carryOut(lane.advance(position, polled, end, world.now()));
    }

    private void carryOut(List<Effect> effects) {
        effects.forEach(this::carryOut);
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Send send ->
                    world.wire().send(group, send.batch(), reply -> answer(send.number(), reply));
            case Effect.LookUp look ->
                    world.wire()
                            .lookUp(
                                    group,
                                    look.position(),
                                    look.ids(),
                                    reply -> answer(look.number(), reply));
            case Effect.Check check ->
                    world.wire().check(group, reply -> answer(check.number(), reply));
            case Effect.WriteDeadLetters write -> writeLetters(write);
            case Effect.Pause pause -> paused = true;
            case Effect.Resume resume -> paused = false;
            case Effect.Rewind rewind -> {
                position = rewind.position();
                session = rewind.session();
            }
            case Effect.Stop stop ->
                    throw new Violation(
                            Invariant.LANES_NEVER_GIVE_UP, stop.code() + " " + stop.message());
            case Effect.Retrying retrying -> {}
            case Effect.Acknowledged acknowledged -> {}
        }
    }

    private void writeLetters(Effect.WriteDeadLetters write) {
        boolean fails = world.faulty(8);
        world.soon(
                20,
                () -> {
                    if (fails) {
                        answer(write.number(), new Reply.Unavailable("no broker"));
                        return;
                    }
                    for (DeadLetter.Addressed addressed : write.letters()) {
                        world.judge().letterWritten(addressed.letter().offset());
                    }
                    answer(write.number(), new Reply.LettersWritten());
                });
    }

    private void answer(long number, Reply reply) {
        carryOut(lane.reply(number, reply, world.now()));
    }
}
