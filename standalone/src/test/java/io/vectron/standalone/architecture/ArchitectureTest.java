package io.vectron.standalone.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may import whom, and where each outside library lives. */
class ArchitectureTest {
    /** Generated classes are many, and free to do as they like. */
    private static final ImportOption OURS =
            (Location location) ->
                    !location.contains("io/vectron/proto/")
                            && !location.contains("/test-classes/")
                            && !location.contains("-tests.jar");

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(OURS).importPackages("io.vectron");

    private static final List<String> SERVICES =
            List.of("worker", "placement", "ingest", "gateway");

    private static final List<String> MODULES =
            Stream.of(
                            List.of("common", "index", "replication"),
                            SERVICES,
                            List.of("cli", "standalone"))
                    .flatMap(List::stream)
                    .toList();

    /** An outside library and the packages that may use it. */
    private static final Map<String, List<String>> HOMES =
            Map.ofEntries(
                    entry("org.apache.ratis..", List.of("replication..")),
                    // the bench compares the index with what it is built with
                    entry("io.github.jbellis..", List.of("index..", "bench.index.engine..")),
                    entry("org.apache.lucene..", List.of("bench.index.engine..")),
                    // the bench compares three replicas with what they are stored in
                    entry("org.rocksdb..", List.of("worker.storage..", "bench.cluster.apply..")),
                    entry(
                            "org.apache.flink..",
                            List.of(
                                    // what flows through the job brings its serialiser along
                                    "ingest.feed..",
                                    "ingest.job..",
                                    "ingest.source..",
                                    "ingest.sink..",
                                    "ingest.validate..",
                                    "standalone..")),
                    entry("dev.langchain4j..", List.of("cli.text..")),
                    entry(
                            "io.micrometer..",
                            List.of(
                                    "common.metric..",
                                    "gateway.metric..",
                                    "placement.metric..",
                                    "worker.metric..")),
                    entry("io.javalin..", List.of("gateway.rest..")),
                    entry("org.eclipse.jetty..", List.of("gateway.rest..")),
                    entry("jakarta.servlet..", List.of("gateway.rest..")),
                    entry(
                            "picocli..",
                            List.of("cli..", "common.launch..", "standalone..", "bench..")));

    /** What each module, beside the services, must not know: what stands above or beside it. */
    private static final Map<String, List<String>> FORBIDDEN =
            Map.of(
                    "common",
                    List.of("index", "replication"),
                    "index",
                    List.of("replication"),
                    "replication",
                    List.of("index"),
                    "cli",
                    List.of("index", "replication"));

    /** State machines and policies: the same input must give the same output. */
    private static final String[] PURE = {
        "io.vectron.worker.shard..",
        "io.vectron.placement.policy..",
        "io.vectron.placement.model..",
        "io.vectron.ingest.lane..",
        "io.vectron.common.record..",
        "io.vectron.common.digest..",
        "io.vectron.standalone.history.."
    };

    @Test
    void everyModuleWasLookedAt() {
        for (String module : MODULES) {
            assertThat(CLASSES.that(resideInAPackage(ours(module))))
                    .as(module)
                    .hasSizeGreaterThan(5);
        }
    }

    @TestFactory
    Stream<DynamicTest> eachLibraryHasOneHome() {
        return HOMES.entrySet().stream()
                .map(home -> {
                    String[] allowed =
                            home.getValue().stream()
                                    .map(name -> "io.vectron." + name)
                                    .toArray(String[]::new);
                    return rule(
                            home.getKey(),
                            noClasses()
                                    .that()
                                    .resideOutsideOfPackages(allowed)
                                    .should()
                                    .dependOnClassesThat()
                                    .resideInAPackage(home.getKey()));
                });
    }

    @TestFactory
    Stream<DynamicTest> importsPointOneWay() {
        return MODULES.stream()
                .filter(module -> !module.equals("standalone"))
                .map(module -> {
                    Stream<String> services =
                            SERVICES.stream().filter(service -> !service.equals(module));
                    Stream<String> others =
                            Stream.concat(
                                    FORBIDDEN.getOrDefault(module, List.of()).stream(),
                                    Stream.of("standalone", "bench"));
                    return rule(
                            module,
                            noClasses()
                                    .that()
                                    .resideInAPackage(ours(module))
                                    .should()
                                    .dependOnClassesThat()
                                    .resideInAnyPackage(
                                            Stream.concat(services, others)
                                                    .map(ArchitectureTest::ours)
                                                    .toArray(String[]::new)));
                });
    }

    @Test
    void theIndexKnowsNoNetworkAndNoLog() {
        noClasses()
                .that()
                .resideInAPackage(ours("index"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "org.apache.kafka..", "java.net..")
                .check(CLASSES);
    }

    @TestFactory
    Stream<DynamicTest> packagesFormNoCycle() {
        return MODULES.stream()
                .map(module ->
                        rule(
                                module,
                                slices().matching("io.vectron." + module + ".(*)..")
                                        .should()
                                        .beFreeOfCycles()
                                        // Some modules are one package.
                                        .allowEmptyShould(true)));
    }

    @Test
    void pureCoresReadNoClockAndStartNoThread() {
        DescribedPredicate<JavaClass> pure = resideInAnyPackage(PURE);
        noClasses()
                .that(pure)
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent", "java.net..", "io.grpc..")
                .check(CLASSES);
    }

    @Test
    void onlyConfigurationReadsTheEnvironment() {
        DescribedPredicate<JavaClass> elsewhere =
                not(
                        resideInAnyPackage(
                                "io.vectron..config..",
                                // what the launcher says about terminal and folder
                                "io.vectron.cli..",
                                "io.vectron.standalone..",
                                "io.vectron.bench.."));
        noClasses()
                .that(elsewhere)
                .should()
                .callMethod(System.class, "getenv", String.class)
                .check(CLASSES);
    }

    private static String ours(String module) {
        return "io.vectron." + module + "..";
    }

    private static DynamicTest rule(String name, ArchRule rule) {
        return DynamicTest.dynamicTest(name, () -> rule.check(CLASSES));
    }
}
