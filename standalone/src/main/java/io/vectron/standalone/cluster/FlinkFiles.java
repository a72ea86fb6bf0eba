package io.vectron.standalone.cluster;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What Flink's processes are told. Its own scripts would work out the memory; without them each
 * part must be named.
 */
final class FlinkFiles {
    /** Heap of a TaskManager, MiB: the lanes of its one task may hold 128 of them. */
    static final int TASK_HEAP_MIB = 384;

    private static final int FRAMEWORK_HEAP_MIB = 64;
    private static final int NETWORK_MIB = 16;
    private static final int FRAMEWORK_OFF_HEAP_MIB = 64;
    private static final int TASK_OFF_HEAP_MIB = 64;

    /** Direct buffers of a TaskManager, MiB. */
    static final int DIRECT_MIB = NETWORK_MIB + FRAMEWORK_OFF_HEAP_MIB + TASK_OFF_HEAP_MIB;

    static final int METASPACE_MIB = 192;

    private FlinkFiles() {}

    /** {@code config.yaml} of the JobManager, which runs the job: application mode. */
    static String jobManager(ClusterPlace place) {
        Map<String, String> settings = shared(place, Service.JOBMANAGER);
        settings.put("rest.bind-address", PortLayout.HOST);
        settings.put("rest.bind-port", "" + place.ports().port(Part.FLINK));
        settings.put("jobmanager.bind-host", PortLayout.HOST);
        // The dashboard shows the job; it is not for running other people's jars.
        settings.put("web.submit.enable", "false");
        settings.put("web.cancel.enable", "false");
        settings.put("web.tmpdir", scratch(place, Service.JOBMANAGER));
        settings.put("web.upload.dir", scratch(place, Service.JOBMANAGER));
        settings.put("web.log.path", place.logFile(Service.JOBMANAGER).toString());
        return yaml(settings);
    }

    /** {@code config.yaml} of the TaskManager. */
    static String taskManager(ClusterPlace place) {
        Map<String, String> settings = shared(place, Service.TASKMANAGER);
        settings.put("taskmanager.host", PortLayout.HOST);
        settings.put("taskmanager.bind-host", PortLayout.HOST);
        settings.put("taskmanager.numberOfTaskSlots", "1");
        settings.put("taskmanager.cpu.cores", "1");
        settings.put("taskmanager.memory.framework.heap.size", FRAMEWORK_HEAP_MIB + "m");
        settings.put(
                "taskmanager.memory.task.heap.size", (TASK_HEAP_MIB - FRAMEWORK_HEAP_MIB) + "m");
        settings.put("taskmanager.memory.framework.off-heap.size", FRAMEWORK_OFF_HEAP_MIB + "m");
        settings.put("taskmanager.memory.task.off-heap.size", TASK_OFF_HEAP_MIB + "m");
        settings.put("taskmanager.memory.managed.size", "4m");
        settings.put("taskmanager.memory.network.min", NETWORK_MIB + "m");
        settings.put("taskmanager.memory.network.max", NETWORK_MIB + "m");
        settings.put("taskmanager.memory.jvm-metaspace.size", METASPACE_MIB + "m");
        settings.put("taskmanager.memory.jvm-overhead.min", "128m");
        settings.put("taskmanager.memory.jvm-overhead.max", "128m");
        settings.put("taskmanager.log.path", place.logFile(Service.TASKMANAGER).toString());
        // It waits for a JobManager that is being brought back: very long, since Flink warns of
        // "infinite", its own word for it. Its scheduler takes no more than 2^31 ticks.
        settings.put("taskmanager.registration.timeout", "20 d");
        return yaml(settings);
    }

    /** Scratch space, emptied at each start: Flink leaves some 20 MB behind when it is killed. */
    static Path scratchFolder(ClusterPlace place, Service service) {
        return place.folder(service).resolve("tmp");
    }

    private static Map<String, String> shared(ClusterPlace place, Service service) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("jobmanager.rpc.address", PortLayout.HOST);
        settings.put("jobmanager.rpc.port", "" + place.ports().port(Part.FLINK_RPC));
        settings.put("rest.address", PortLayout.HOST);
        settings.put("rest.port", "" + place.ports().port(Part.FLINK));
        settings.put("parallelism.default", "1");
        // A lost process is noticed after 5 s; the default is 50.
        settings.put("heartbeat.interval", "1000");
        settings.put("heartbeat.timeout", "5000");
        settings.put("cluster.io-pool.size", "2");
        settings.put("classloader.resolve-order", "parent-first");
        settings.put("io.tmp.dirs", scratch(place, service));
        settings.put("process.working-dir", scratch(place, service));
        return settings;
    }

    private static String scratch(ClusterPlace place, Service service) {
        return scratchFolder(place, service).toString();
    }

    /** Values are quoted: a folder's name may hold anything. */
    private static String yaml(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + ": '" + setting.getValue().replace("'", "''"))
                .map(line -> line + "'\n")
                .collect(Collectors.joining("", "# Written at each start.\n", ""));
    }
}
