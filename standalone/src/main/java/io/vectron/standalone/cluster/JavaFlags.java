package io.vectron.standalone.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Flags of the services' JVMs. */
final class JavaFlags {
    /** The same as the launcher's and the tests': the AOT cache was made with them. */
    static final List<String> COMMON =
            List.of(
                    "--add-modules",
                    "jdk.incubator.vector",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Djvector.vectorization_provider=panama",
                    "-Djava.util.concurrent.ForkJoinPool.common.parallelism=8",
                    "-XX:+UseCompactObjectHeaders");

    private JavaFlags() {}

    /** Text of the file of arguments from which {@code java} reads them: class path and flags. */
    static String file(Service service, ClusterPlace place, JavaRuntime java) {
        List<String> flags = new ArrayList<>(COMMON);
        flags.addAll(List.of("-Xlog:aot*=off", "-Xlog:cds*=off"));
        flags.addAll(memory(service));
        // A service without memory is no service; what it holds is in the log.
        flags.add("-XX:+ExitOnOutOfMemoryError");
        flags.add("-Djava.awt.headless=true");
        flags.add("-Dlog.file=" + place.logFile(service));
        flags.add("-Dvectron.service=" + service); // names the log lines
        flags.add("-Dlogback.configurationFile=vectron-process-logback.xml");
        Path cache = java.cache();
        if (cache != null) {
            flags.add("-XX:AOTCache=" + cache);
        }
        flags.addAll(java.options().getOrDefault(service, List.of()));
        flags.add("-cp");
        flags.add(java.classPath());
        StringBuilder text = new StringBuilder();
        for (String flag : flags) {
            text.append('"')
                    .append(flag.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append("\"\n");
        }
        return text.toString();
    }

    /**
     * Heaps that can hold what the service's limits admit. Small ones are collected by one thread,
     * and what runs briefly or seldom is compiled quickly rather than well: both save memory.
     */
    private static List<String> memory(Service service) {
        return switch (service) {
            case BROKER, BROKER_2, BROKER_3 -> heap(256, "-XX:+UseSerialGC");
            case PLACEMENT -> heap(192, "-XX:+UseSerialGC");
            case WORKER, WORKER_2, WORKER_3, WORKER_4, WORKER_5 -> heap(2_048, "-XX:+UseG1GC");
            case JOBMANAGER ->
                    heap(
                            256,
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            // Flink looks into collections when it runs the job's main itself.
                            "--add-opens=java.base/java.util=ALL-UNNAMED");
            case TASKMANAGER ->
                    heap(
                            FlinkFiles.TASK_HEAP_MIB,
                            "-XX:+UseSerialGC",
                            "-XX:MaxDirectMemorySize=" + FlinkFiles.DIRECT_MIB + "m",
                            "-XX:MaxMetaspaceSize=" + FlinkFiles.METASPACE_MIB + "m");
            case GATEWAY -> heap(512, "-XX:+UseSerialGC");
            case KEEPER -> heap(32, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
        };
    }

    private static List<String> heap(int mebibytes, String... more) {
        List<String> flags = new ArrayList<>(List.of("-Xms16m", "-Xmx" + mebibytes + "m"));
        flags.addAll(List.of(more));
        return flags;
    }
}
