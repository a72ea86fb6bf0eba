package io.vectron.standalone.simulation;

import io.vectron.ingest.lane.DeadLetter;
import io.vectron.ingest.lane.Effect;
import io.vectron.ingest.lane.Lane;
import io.vectron.ingest.lane.LaneLimits;
import io.vectron.ingest.lane.LaneRecord;
import io.vectron.ingest.lane.LaneTarget;
import io.vectron.ingest.lane.Reply;
import java.util.List;

/** A source and the real lane behind it. */
final class SimulatedJob {
    /** Takes the answer to a command. */
    interface Answer {
        void take(Reply reply);
    }

    private final Simulation simulation;
    private final Lane lane;
    private long position; // of the source
    private long session;
    private boolean paused;

    SimulatedJob(
            Simulation simulation,
            LaneTarget target,
            LaneLimits limits,
            long epoch,
            long position) {
        this.simulation = simulation;
        this.lane = new Lane(target, limits, epoch, position);
        this.position = position;
    }

    /** Dies; what it sent is still on the way. */
    void end() {
        lane.drop();
    }

    /** Polls the log and lets time pass. */
    void step(long nowMs) {
        lane.epoch(simulation.viewEpoch());
        if (!paused) {
            poll(nowMs);
        }
        carryOut(lane.tick(nowMs));
    }

    private void poll(long nowMs) {
        long end = simulation.log.end();
        long polled = session;
        for (LaneRecord record : simulation.log.read(position, 1 + simulation.random.nextInt(6))) {
            carryOut(lane.accept(record, polled, end, nowMs));
            if (session != polled) {
                return; // rewound in the middle of what was fetched
            }
            position = simulation.log.positionAfter(record);
        }
        if (simulation.log.read(position, 1).isEmpty()) {
            position = end;
        }
        carryOut(lane.advance(position, polled, end, nowMs));
    }

    private void carryOut(List<Effect> effects) {
        for (Effect effect : effects) {
            carryOut(effect);
        }
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Send send ->
                    simulation.send(send.batch(), reply -> answer(send.number(), reply));
            case Effect.LookUp look ->
                    simulation.lookUp(look.ids(), reply -> answer(look.number(), reply));
            case Effect.Check check -> simulation.check(reply -> answer(check.number(), reply));
            case Effect.WriteDeadLetters write -> writeLetters(write);
            case Effect.Pause pause -> paused = true;
            case Effect.Resume resume -> paused = false;
            case Effect.Rewind rewind -> {
                position = rewind.position();
                session = rewind.session();
            }
            case Effect.Stop stop ->
                    throw new Simulation.Violation("a lane never gives up", stop.message());
            case Effect.Retrying retrying -> {}
            case Effect.Acknowledged acknowledged -> {}
        }
    }

    private void writeLetters(Effect.WriteDeadLetters write) {
        boolean fails = simulation.faulty(8);
        simulation.at(
                simulation.random.nextInt(20),
                () -> {
                    if (fails) {
                        answer(write.number(), new Reply.Unavailable("no broker"));
                        return;
                    }
                    for (DeadLetter.Addressed addressed : write.letters()) {
                        simulation.deadLetters.add(addressed.letter().offset());
                    }
                    answer(write.number(), new Reply.LettersWritten());
                });
    }

    private void answer(long number, Reply reply) {
        carryOut(lane.reply(number, reply, simulation.now()));
    }
}
