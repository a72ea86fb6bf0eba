package io.vectron.standalone.cluster;

import io.vectron.standalone.port.Part;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A service that runs as a process of its own, in the order in which they are started. */
public enum Service {
    BROKER(Part.KAFKA, 15),
    BROKER_2(Part.KAFKA_2, 15),
    BROKER_3(Part.KAFKA_3, 15),
    PLACEMENT(Part.PLACEMENT, 10),
    WORKER(Part.WORKER, 15),
    WORKER_2(Part.WORKER_2, 15),
    WORKER_3(Part.WORKER_3, 15),
    WORKER_4(Part.WORKER_4, 15),
    WORKER_5(Part.WORKER_5, 15),
    JOBMANAGER(Part.FLINK, 10),
    TASKMANAGER(null, 10),
    GATEWAY(Part.GATEWAY, 10),
    /** Brings Flink's processes, and with them the job, back when they are lost. */
    KEEPER(null, 5);

    private final @Nullable Part part;
    private final Duration stopLimit;

    Service(@Nullable Part part, int stopLimitSeconds) {
        this.part = part;
        this.stopLimit = Duration.ofSeconds(stopLimitSeconds);
    }

    /** Where others reach it; null if nobody does. */
    public @Nullable Part part() {
        return part;
    }

    /** All places where it listens; they must be free before it starts. */
    List<Part> parts() {
        return part == null
                ? List.of()
                : Arrays.stream(Part.values())
                        .filter(other -> other.service().equals(part.service()))
                        .toList();
    }

    /** Which of the workers it is, from 1; 0 if it is none. */
    int worker() {
        return switch (this) {
            case WORKER -> 1;
            case WORKER_2 -> 2;
            case WORKER_3 -> 3;
            case WORKER_4 -> 4;
            case WORKER_5 -> 5;
            case BROKER, BROKER_2, BROKER_3, PLACEMENT, JOBMANAGER, TASKMANAGER, GATEWAY, KEEPER ->
                    0;
        };
    }

    /** Which of the brokers it is, from 1; 0 if it is none. */
    int broker() {
        return switch (this) {
            case BROKER -> 1;
            case BROKER_2 -> 2;
            case BROKER_3 -> 3;
            case PLACEMENT,
                    WORKER,
                    WORKER_2,
                    WORKER_3,
                    WORKER_4,
                    WORKER_5,
                    JOBMANAGER,
                    TASKMANAGER,
                    GATEWAY,
                    KEEPER ->
                    0;
        };
    }

    /** Time it may take to stop in order; then it is killed. */
    public Duration stopLimit() {
        return stopLimit;
    }

    /** Those that the keeper brings back. */
    static List<Service> kept() {
        return List.of(JOBMANAGER, TASKMANAGER);
    }

    /** From the caller inwards: nobody loses one that it still needs. */
    static List<Service> inStopOrder() {
        return List.of(
                KEEPER,
                GATEWAY,
                JOBMANAGER,
                TASKMANAGER,
                WORKER_5,
                WORKER_4,
                WORKER_3,
                WORKER_2,
                WORKER,
                PLACEMENT,
                BROKER_3,
                BROKER_2,
                BROKER);
    }

    /**
     * The service of this name, as {@link #toString} writes it.
     *
     * @throws IllegalArgumentException naming those there are
     */
    public static Service of(String name) {
        for (Service service : values()) {
            if (service.toString().equals(name)) {
                return service;
            }
        }
        String all =
                Arrays.stream(values()).map(Service::toString).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("no service '" + name + "'; there are: " + all);
    }

    /** Name in commands, folders and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
