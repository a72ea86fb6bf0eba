package io.vectron.gateway.search;

import io.vectron.common.rpc.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers that failed a moment ago or were too slow: for a second they are asked after all others.
 * Then they are tried again, by whoever comes first. Holds at most as many as placement ever named.
 * Any thread.
 */
final class Suspects {
    private static final Logger LOG = LoggerFactory.getLogger(Suspects.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Map<Address, Long> untilNanos = new ConcurrentHashMap<>();
    private final Set<Address> away = ConcurrentHashMap.newKeySet(); // so that the log says it once
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    Suspects(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A call failed. */
    void failed(Address worker, String why) {
        suspect(worker);
        if (away.add(worker)) {
            LOG.warn("worker {} does not answer: {}", worker, why);
        }
    }

    /** Another member was asked later and answered first. */
    void outrun(Address worker) {
        suspect(worker);
        LOG.debug("worker {} is slow", worker);
    }

    /** It answered. */
    void answered(Address worker) {
        untilNanos.remove(worker);
        if (away.remove(worker)) {
            LOG.info("worker {} answers again", worker);
        }
    }

    /** The same workers, those under suspicion last; otherwise in their order. */
    List<Address> inOrder(List<Address> workers) {
        List<Address> trusted = new ArrayList<>(workers.size());
        List<Address> suspected = new ArrayList<>();
        for (Address worker : workers) {
            (isSuspect(worker) ? suspected : trusted).add(worker);
        }
        trusted.addAll(suspected);
        return trusted;
    }

    private void suspect(Address worker) {
        untilNanos.put(worker, nanoTime.getAsLong() + PAUSE.toNanos());
    }

    private boolean isSuspect(Address worker) {
        Long until = untilNanos.get(worker);
        return until != null && until - nanoTime.getAsLong() > 0;
    }
}
