package io.vectron.standalone.cluster;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.process.Launch;
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

    ClusterPlan(ClusterPlace place, JavaRuntime java) {
        this.place = place;
        this.java = java;
    }

    ServicePlan of(Service service) {
        Path folder = place.folder(service);
        Path flags = folder.resolve("java.args");
        // Its path is in the command line, so it tells this process from all others.
        String mark = "@" + flags;
        List<String> command = new ArrayList<>(List.of(java.program().toString(), mark));
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
            case BROKER, PLACEMENT, WORKER, GATEWAY, KEEPER -> {}
        }
        Launch launch = new Launch(service.toString(), folder, command, environment(service), mark);
        return new ServicePlan(launch, files, emptied);
    }

    private List<String> program(Service service) {
        return switch (service) {
            case BROKER -> List.of("io.vectron.standalone.broker.Main");
            case PLACEMENT -> List.of("io.vectron.placement.Main");
            case WORKER -> List.of("io.vectron.worker.Main");
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
        String folder = place.folder(service).toString();
        String kafka = place.ports().address(Part.KAFKA);
        String placement = place.ports().address(Part.PLACEMENT);
        return switch (service) {
            case BROKER ->
                    Map.of(
                            "VECTRON_BROKER_FOLDER", place.data().resolve("kafka").toString(),
                            "VECTRON_BROKER_PORT", port(Part.KAFKA),
                            "VECTRON_BROKER_CONTROLLER_PORT", port(Part.KAFKA_CONTROLLER));
            case PLACEMENT ->
                    Map.of(
                            "VECTRON_PLACEMENT_FOLDER",
                            folder,
                            "VECTRON_PLACEMENT_HOST",
                            PortLayout.HOST,
                            "VECTRON_PLACEMENT_GRPC_PORT",
                            port(Part.PLACEMENT),
                            "VECTRON_PLACEMENT_RAFT_PORT",
                            port(Part.PLACEMENT_RAFT),
                            "VECTRON_PLACEMENT_MANAGEMENT_PORT",
                            port(Part.PLACEMENT_MANAGEMENT),
                            "VECTRON_PLACEMENT_KAFKA_BOOTSTRAP_SERVERS",
                            kafka);
            case WORKER -> worker(folder, placement);
            case JOBMANAGER ->
                    Map.of(
                            "VECTRON_INGEST_KAFKA_BOOTSTRAP_SERVERS", kafka,
                            "VECTRON_INGEST_PLACEMENT", placement);
            case GATEWAY ->
                    Map.of(
                            "VECTRON_GATEWAY_HOST",
                            PortLayout.HOST,
                            "VECTRON_GATEWAY_GRPC_PORT",
                            port(Part.GATEWAY),
                            "VECTRON_GATEWAY_REST_PORT",
                            port(Part.GATEWAY_REST),
                            "VECTRON_GATEWAY_MANAGEMENT_PORT",
                            port(Part.GATEWAY_MANAGEMENT),
                            "VECTRON_GATEWAY_KAFKA_BOOTSTRAP_SERVERS",
                            kafka,
                            "VECTRON_GATEWAY_PLACEMENT",
                            placement);
            case TASKMANAGER, KEEPER -> Map.of();
        };
    }

    private Map<String, String> worker(String folder, String placement) {
        return Map.of(
                "VECTRON_WORKER_ID",
                "worker-1",
                "VECTRON_WORKER_FOLDER",
                folder,
                "VECTRON_WORKER_HOST",
                PortLayout.HOST,
                "VECTRON_WORKER_GRPC_PORT",
                port(Part.WORKER),
                "VECTRON_WORKER_RAFT_PORT",
                port(Part.WORKER_RAFT),
                "VECTRON_WORKER_MANAGEMENT_PORT",
                port(Part.WORKER_MANAGEMENT),
                "VECTRON_WORKER_PLACEMENT",
                placement);
    }

    private String port(Part part) {
        return Integer.toString(place.ports().port(part));
    }

    private Path flinkFolder(Service service) {
        return place.folder(service).resolve("conf");
    }

    private Path flinkFile(Service service) {
        return flinkFolder(service).resolve("config.yaml");
    }
}
