package io.vectron.gateway.fresh;

import java.time.Instant;

/** Tells the time; a port, so that tests own it. */
@FunctionalInterface
public interface GatewayClock {

    /** The machine's clocks. */
    GatewayClock SYSTEM = () -> new Moment(System.nanoTime(), Instant.now());

    /** Now. */
    Moment now();
}
