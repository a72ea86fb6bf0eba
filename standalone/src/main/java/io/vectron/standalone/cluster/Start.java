package io.vectron.standalone.cluster;

import io.vectron.standalone.cluster.ServiceState.Life;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.process.Processes;
import io.vectron.standalone.process.StartedProcess;
import io.vectron.standalone.run.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One start: begins each service as soon as what it needs can serve. Used by one thread, once. */
final class Start {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration PORTS_GIVEN_BACK = Duration.ofSeconds(3);

    private final Cluster cluster;
    private final Readiness readiness;
    private final Duration limit;
    private final Consumer<Service> told;
    private final Map<Service, Long> begun = new EnumMap<>(Service.class); // nanoTime
    private final Map<Service, Duration> ready = new EnumMap<>(Service.class);
    private final Set<Service> ours = EnumSet.noneOf(Service.class);

    Start(Cluster cluster, Readiness readiness, Duration limit, Consumer<Service> told) {
        this.cluster = cluster;
        this.readiness = readiness;
        this.limit = limit;
        this.told = told;
    }

    Map<Service, Duration> run(Set<Service> wanted) throws IOException, RefusedException {
        Set<Service> missing = EnumSet.copyOf(wanted);
        missing.removeAll(cluster.running());
        checkPorts(missing);
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            while (!ready.keySet().containsAll(wanted)) {
                for (Service service : Service.values()) {
                    if (wanted.contains(service) && !ready.containsKey(service)) {
                        advance(service, wanted);
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new RefusedException(late(wanted));
                }
                LockSupport.parkNanos(LOOK.toNanos());
                if (Thread.interrupted()) {
                    throw new IOException("interrupted while the services started");
                }
            }
            return ready;
        } catch (IOException | RefusedException e) {
            cluster.stop(ours, (service, killed) -> {});
            throw e;
        }
    }

    private void advance(Service service, Set<Service> wanted)
            throws IOException, RefusedException {
        Long since = begun.get(service);
        if (since == null) {
            if (needed(service, wanted).stream().allMatch(ready::containsKey)) {
                begun.put(service, System.nanoTime());
                if (cluster.life(service) != Life.RUNNING) {
                    ours.add(service);
                    cluster.launch(service);
                }
            }
            return;
        }
        StartedProcess process = cluster.process(service);
        if (process == null || !Processes.alive(process)) {
            throw new RefusedException(service + " ended while it started" + said(service));
        }
        if (readiness.lacks(service) == null) {
            ready.put(service, Duration.ofNanos(System.nanoTime() - since));
            told.accept(service);
        }
    }

    /**
     * The gateway gives up if it finds no placement; placement makes topics with as many copies as
     * there are brokers then. All others wait for what they need.
     */
    private static List<Service> needed(Service service, Set<Service> wanted) {
        if (service == Service.GATEWAY && wanted.contains(Service.PLACEMENT)) {
            return List.of(Service.PLACEMENT);
        }
        return service == Service.PLACEMENT && wanted.contains(Service.BROKER_2)
                ? wanted.stream().filter(other -> other.broker() > 0).toList()
                : List.of();
    }

    private void checkPorts(Set<Service> services) throws RefusedException {
        List<Part> parts = services.stream().flatMap(s -> s.parts().stream()).toList();
        List<Part> taken = cluster.place().ports().taken(parts);
        // A process that was killed gives its ports back a moment after it is gone.
        long deadline = System.nanoTime() + PORTS_GIVEN_BACK.toNanos();
        while (!taken.isEmpty()
                && System.nanoTime() < deadline
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK.toNanos());
            taken = cluster.place().ports().taken(parts);
        }
        if (!taken.isEmpty()) {
            String which =
                    taken.stream()
                            .map(part -> cluster.place().ports().port(part) + " (" + part + ")")
                            .collect(Collectors.joining(", "));
            throw new RefusedException(
                    "in use by another program: port "
                            + which
                            + "; choose other ports with --port-base");
        }
    }

    private String late(Set<Service> wanted) {
        List<String> late = new ArrayList<>();
        for (Service service : Service.values()) {
            if (wanted.contains(service) && !ready.containsKey(service)) {
                @Nullable String lack =
                        begun.containsKey(service) ? readiness.lacks(service) : "not started";
                late.add(service + " (" + (lack == null ? "ready just now" : lack) + ")");
            }
        }
        return "not ready after "
                + limit.toSeconds()
                + " s: "
                + String.join(", ", late)
                + "; their logs are in "
                + cluster.place().data();
    }

    private String said(Service service) throws IOException {
        List<String> lines = Logs.last(cluster.place(), service, 5);
        return lines.isEmpty()
                ? " without a word"
                : ":\n  "
                        + String.join("\n  ", lines)
                        + "\nmore in "
                        + cluster.place().logFile(service).getParent();
    }
}
