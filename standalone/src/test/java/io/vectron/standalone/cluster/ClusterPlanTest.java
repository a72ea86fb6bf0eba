package io.vectron.standalone.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClusterPlanTest {
    private static final Pattern POM_FLAGS =
            Pattern.compile("<vectron\\.jvm\\.flags>([^<]+)</vectron\\.jvm\\.flags>");

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(Service.class)
    void eachServiceHasItsFolderAndIsToldByItsCommandLine(Service service) throws Exception {
        ServicePlan plan = plan(folder.resolve("it's a folder"), Map.of()).of(service);
        Path own = folder.resolve("it's a folder").resolve(service.toString());
        assertThat(plan.launch().folder()).isEqualTo(own);
        assertThat(plan.launch().mark()).isEqualTo("@" + own.resolve("java.args"));
        assertThat(plan.launch().command().getFirst()).isEqualTo("/jdk/bin/java");
        assertThat(plan.files().keySet()).allMatch(file -> file.startsWith(own));
        assertThat(plan.emptied()).allMatch(emptied -> emptied.equals(own.resolve("tmp")));
    }

    @Test
    void aServiceCanBeStartedByAProgramThatBecomesIt() throws Exception {
        ClusterPlace place = new ClusterPlace(folder, PortLayout.free(), 1, null);
        JavaRuntime java = new JavaRuntime(Path.of("/jdk/bin/java"), "/lib/a.jar", null, Map.of());
        ClusterPlan plan =
                new ClusterPlan(place, java, Map.of(Service.WORKER, List.of("setpriv", "--x")));
        assertThat(plan.of(Service.WORKER).launch().command())
                .startsWith("setpriv", "--x", "/jdk/bin/java")
                .contains(plan.of(Service.WORKER).launch().mark());
        assertThat(plan.of(Service.GATEWAY).launch().command()).startsWith("/jdk/bin/java");
    }

    @Test
    void theFlagsAreThoseOfTheTests() throws Exception {
        Matcher flags = POM_FLAGS.matcher(Files.readString(Path.of("..", "pom.xml")));
        assertThat(flags.find()).isTrue();
        assertThat(JavaFlags.COMMON).containsAll(List.of(flags.group(1).trim().split("\\s+", -1)));
    }

    @Test
    void flagsOfTheUserComeLastAndWin() {
        Path data = folder.resolve("d");
        ServicePlan plan = plan(data, Map.of(Service.WORKER, List.of("-Xmx8g"))).of(Service.WORKER);
        String file = plan.files().getOrDefault(data.resolve("worker/java.args"), "");
        List<String> flags = file.lines().toList();
        assertThat(flags.indexOf("\"-Xmx8g\""))
                .isGreaterThan(flags.indexOf("\"-Xmx2048m\""))
                .isPositive();
        assertThat(flags)
                .contains("\"-XX:AOTCache=/lib/x.aot\"")
                .endsWith("\"-cp\"", "\"/lib/a.jar\"");
    }

    @Test
    void flinkAcceptsTheMemoryAndItFitsTheHeap() throws Exception {
        Configuration settings = flink(Service.TASKMANAGER);
        TaskExecutorProcessSpec spec = TaskExecutorProcessUtils.processSpecFromConfig(settings);
        assertThat(spec.getJvmHeapMemorySize())
                .isEqualTo(MemorySize.ofMebiBytes(FlinkFiles.TASK_HEAP_MIB));
        assertThat(spec.getJvmDirectMemorySize())
                .isEqualTo(MemorySize.ofMebiBytes(FlinkFiles.DIRECT_MIB));
        assertThat(spec.getJvmMetaspaceAndOverhead().getMetaspace())
                .isEqualTo(MemorySize.ofMebiBytes(FlinkFiles.METASPACE_MIB));
    }

    @Test
    void flinksProcessesFindEachOther() throws Exception {
        Configuration one = flink(Service.JOBMANAGER);
        Configuration other = flink(Service.TASKMANAGER);
        for (String key : new String[] {"jobmanager.rpc.address", "jobmanager.rpc.port"}) {
            assertThat(one.toMap()).containsKey(key);
            assertThat(other.toMap()).containsEntry(key, one.toMap().get(key));
        }
        assertThat(one.toMap()).containsEntry("rest.bind-port", "20002");
    }

    @Test
    void aTaskManagerWaitsForDaysAndFlinksSchedulerCanDoSo() throws Exception {
        Duration timeout = flink(Service.TASKMANAGER).get(TaskManagerOptions.REGISTRATION_TIMEOUT);
        assertThat(timeout).isBetween(Duration.ofDays(7), Duration.ofMillis(Integer.MAX_VALUE));
    }

    @Test
    void aPlaceIsReadAsItWasWritten() throws Exception {
        assertThat(ClusterPlace.read(folder)).isNull();
        ClusterPlace place = place(folder);
        place.write();
        assertThat(ClusterPlace.read(folder)).isEqualTo(place);
        ClusterPlace elsewhere =
                new ClusterPlace(folder, place.ports(), 3, "kafka:9092,other:9092");
        elsewhere.write();
        assertThat(ClusterPlace.read(folder)).isEqualTo(elsewhere);

        Files.writeString(folder.resolve("cluster.properties"), "port.kafka=many\n");
        assertThatThrownBy(() -> ClusterPlace.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void anotherKafkaIsToldToAllThatUseItAndNoBrokerRuns() {
        ClusterPlace place = new ClusterPlace(folder, PortLayout.from(20_000), 1, "kafka:9092");
        assertThat(place.services()).hasSize(6).doesNotContain(Service.BROKER);
        ClusterPlan plan = new ClusterPlan(place, java(Map.of()));
        for (Service service : List.of(Service.PLACEMENT, Service.JOBMANAGER, Service.GATEWAY)) {
            assertThat(plan.of(service).launch().environment()).containsValue("kafka:9092");
        }
    }

    @Test
    void eachWorkerHasAFolderAnIdAndPortsOfItsOwn() {
        ClusterPlace place = new ClusterPlace(folder, PortLayout.from(20_000), 3, null);
        assertThat(place.services())
                .hasSize(9)
                .contains(Service.WORKER, Service.WORKER_2, Service.WORKER_3)
                .doesNotContain(Service.WORKER_4);
        ClusterPlan plan = new ClusterPlan(place, java(Map.of()));
        assertThat(plan.of(Service.WORKER_3).launch().environment())
                .containsEntry("VECTRON_WORKER_ID", "worker-3")
                .containsEntry("VECTRON_WORKER_FOLDER", folder.resolve("worker-3").toString())
                .containsEntry("VECTRON_WORKER_GRPC_PORT", "20016")
                .containsEntry("VECTRON_WORKER_RAFT_PORT", "20017")
                .containsEntry("VECTRON_WORKER_MANAGEMENT_PORT", "20018")
                .containsEntry("VECTRON_WORKER_PLACEMENT", "127.0.0.1:20005");
        assertThatThrownBy(() -> new ClusterPlace(folder, place.ports(), 6, null))
                .hasMessage("workers must be 1 to 5: 6");
    }

    @Test
    void threeBrokersKnowOneAnotherAndAllOthersKnowThem() throws Exception {
        ClusterPlace place =
                new ClusterPlace(folder, PortLayout.from(20_000), 1, null)
                        .withBrokers(Brokers.of(3));
        assertThat(place.services()).hasSize(9).contains(Service.BROKER_2, Service.BROKER_3);
        place.write();
        assertThat(ClusterPlace.read(folder)).isEqualTo(place);
        ClusterPlan plan = new ClusterPlan(place, java(Map.of()));
        assertThat(plan.of(Service.BROKER_3).launch().environment())
                .containsEntry("VECTRON_BROKER_NODE_ID", "3")
                .containsEntry("VECTRON_BROKER_FOLDER", folder.resolve("kafka-3").toString())
                .containsEntry("VECTRON_BROKER_PORT", "20027")
                .containsEntry("VECTRON_BROKER_CLUSTER_ID", place.brokers().clusterId())
                .containsEntry(
                        "VECTRON_BROKER_VOTERS",
                        "1@127.0.0.1:20004,2@127.0.0.1:20026,3@127.0.0.1:20028")
                .containsEntry("VECTRON_BROKER_CONTROLLER_PORT", "20028");
        for (Service service : List.of(Service.PLACEMENT, Service.JOBMANAGER, Service.GATEWAY)) {
            assertThat(plan.of(service).launch().environment())
                    .containsValue("127.0.0.1:20003,127.0.0.1:20025,127.0.0.1:20027");
        }
        assertThatThrownBy(() -> Brokers.of(2)).hasMessage("brokers must be 1 or 3: 2");
    }

    @Test
    void everyPortBelongsToOneService() {
        List<Part> parts =
                Stream.of(Service.values()).flatMap(service -> service.parts().stream()).toList();
        assertThat(parts).containsExactlyInAnyOrder(Part.values());
    }

    @Test
    void servicesAreKnownByName() {
        assertThat(Service.of("worker")).isEqualTo(Service.WORKER);
        assertThatThrownBy(() -> Service.of("wroker"))
                .hasMessageContaining("no service 'wroker'; there are: broker, broker-2");
        assertThat(Service.inStopOrder()).containsExactlyInAnyOrder(Service.values());
    }

    private Configuration flink(Service service) throws IOException {
        ServicePlan plan = plan(folder.resolve("it's: #1"), Map.of()).of(service);
        for (Map.Entry<Path, String> file : plan.files().entrySet()) {
            if (file.getKey().endsWith("config.yaml")) {
                Path conf = Files.createDirectories(folder.resolve("conf-" + service));
                Files.writeString(conf.resolve("config.yaml"), file.getValue());
                return GlobalConfiguration.loadConfiguration(conf.toString());
            }
        }
        throw new AssertionError("no config.yaml");
    }

    private static ClusterPlan plan(Path data, Map<Service, List<String>> options) {
        return new ClusterPlan(place(data), java(options));
    }

    private static JavaRuntime java(Map<Service, List<String>> options) {
        return new JavaRuntime(
                Path.of("/jdk/bin/java"), "/lib/a.jar", Path.of("/lib/x.aot"), options);
    }

    private static ClusterPlace place(Path data) {
        return new ClusterPlace(data, PortLayout.from(20_000), 1, null);
    }
}
