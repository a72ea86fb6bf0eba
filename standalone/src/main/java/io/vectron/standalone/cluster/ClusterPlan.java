package io.vectron.standalone.cluster;

import io.vectron.standalone.process.Launch;
import io.vectron.standalone.run.ServiceKind;
import io.vectron.standalone.run.Wiring;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which processes a cluster has, with which command lines and files. Nothing here touches the
 * system: the same place and Java give the same plan.
 */
final class ClusterPlan {
    private final ClusterPlace place;
    private final JavaRuntime java;
    private final Map<Service, List<String>> launchers;

    ClusterPlan(ClusterPlace place, JavaRuntime java) {
        this(place, java, Map.of());
    }

    /**
     * @param launchers by service, what its command is started by, if anything
     */
    ClusterPlan(ClusterPlace place, JavaRuntime java, Map<Service, List<String>> launchers) {
        this.place = place;
        this.java = java;
        this.launchers = Map.copyOf(launchers);
    }

    ServicePlan of(Service service) {
        Path folder = place.folder(service);
        Path flags = folder.resolve("java.args");
        // Its path is in the command line, so it tells this process from all others.
        String mark = "@" + flags;
        List<String> command = new ArrayList<>(launchers.getOrDefault(service, List.of()));
        command.addAll(List.of(java.program().toString(), mark));
        command.addAll(program(service));
        Map<Path, String> files = new TreeMap<>();
        files.put(flags, JavaFlags.file(service, place, java));
        List<Path> emptied = new ArrayList<>();
        switch (service) {
            case JOBMANAGER -> {
                files.put(flinkFile(service), FlinkFiles.jobManager(place));
                emptied.add(FlinkFiles.scratchFolder(place, service));
            }
            case TASKMANAGER -> {
                files.put(flinkFile(service), FlinkFiles.taskManager(place));
                emptied.add(FlinkFiles.scratchFolder(place, service));
            }
            case BROKER,
                    BROKER_2,
                    BROKER_3,
                    PLACEMENT,
                    WORKER,
                    WORKER_2,
                    WORKER_3,
                    WORKER_4,
                    WORKER_5,
                    GATEWAY,
                    KEEPER -> {}
        }
        Launch launch = new Launch(service.toString(), folder, command, environment(service), mark);
        return new ServicePlan(launch, files, emptied);
    }

    private List<String> program(Service service) {
        return switch (service) {
            case BROKER, BROKER_2, BROKER_3 -> List.of("io.vectron.standalone.broker.Main");
            case PLACEMENT -> List.of("io.vectron.placement.Main");
            case WORKER, WORKER_2, WORKER_3, WORKER_4, WORKER_5 ->
                    List.of("io.vectron.worker.Main");
            case JOBMANAGER ->
                    List.of(
                            "org.apache.flink.container.entrypoint"
                                    + ".StandaloneApplicationClusterEntryPoint",
                            "--configDir",
                            flinkFolder(service).toString(),
                            "--job-classname",
                            "io.vectron.ingest.Main");
            case TASKMANAGER ->
                    List.of(
                            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                            "--configDir",
                            flinkFolder(service).toString());
            case GATEWAY -> List.of("io.vectron.gateway.Main");
            case KEEPER ->
                    List.of(
                            "io.vectron.standalone.Main",
                            "keep",
                            "--data",
                            place.data().toString());
        };
    }

    /** Addresses and folders; all else is for {@code SERVICE.env} in the service's folder. */
    private Map<String, String> environment(Service service) {
        return switch (service) {
            case BROKER, BROKER_2, BROKER_3 ->
                    Wiring.broker(
                            service.broker(),
                            place.data(),
                            place.ports(),
                            place.voters(),
                            place.brokers().clusterId());
            case PLACEMENT -> wiring(ServiceKind.PLACEMENT);
            case WORKER, WORKER_2, WORKER_3, WORKER_4, WORKER_5 -> {
                Map<String, String> settings =
                        new TreeMap<>(Wiring.worker(service.worker(), place.ports()));
                settings.put("VECTRON_WORKER_FOLDER", place.folder(service).toString());
                settings.put("VECTRON_WORKER_ID", "worker-" + service.worker());
                yield settings;
            }
            case JOBMANAGER -> wiring(ServiceKind.INGEST);
            case GATEWAY -> wiring(ServiceKind.GATEWAY);
            case TASKMANAGER, KEEPER -> Map.of();
        };
    }

    private Map<String, String> wiring(ServiceKind kind) {
        Map<String, String> settings = new TreeMap<>(Wiring.folder(kind, place.data()));
        settings.putAll(Wiring.ports(kind, place.ports()));
        settings.putAll(Wiring.kafka(kind, place.kafka()));
        return settings;
    }

    private Path flinkFolder(Service service) {
        return place.folder(service).resolve("conf");
    }

    private Path flinkFile(Service service) {
        return flinkFolder(service).resolve("config.yaml");
    }
}
