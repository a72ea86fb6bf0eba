package io.vectron.standalone.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.config.ServiceSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs of the services and of {@code config}, as processes. */
class ServiceProgramsIT {
    private static final long DEADLINE_SECONDS = 90;

    @TempDir private Path folder;

    static Stream<ServiceSettings<?>> services() {
        return Services.all().stream();
    }

    private record Ended(int code, String out, String err) {}

    private Ended run(String main, Map<String, String> environment, String... arguments)
            throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--add-modules=jdk.incubator.vector",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("VECTRON_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), out.join(), err.join());
        } finally {
            process.destroyForcibly();
        }
    }

    private static CompletableFuture<String> read(InputStream in) {
        return CompletableFuture.supplyAsync(() -> {
            try (in) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String program(ServiceSettings<?> settings) {
        String name = settings.service();
        return "io.vectron." + (name.equals("broker") ? "standalone.broker" : name) + ".Main";
    }

    @ParameterizedTest
    @MethodSource("services")
    void helpIsGivenAndNothingStarted(ServiceSettings<?> settings) throws Exception {
        Ended ended = run(program(settings), Map.of(), "--help");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .startsWith("Usage: vectron-" + settings.service())
                .contains("--config=FILE", "Exit codes:");
        settings.documentation().forEach(one -> assertThat(ended.out()).contains(one.option()));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void aWrongConfigurationIsToldWithoutAStackTrace(ServiceSettings<?> settings) throws Exception {
        Path file = folder.resolve(settings.service() + ".env");
        String wrong = settings.prefix() + "FROBNICATION";
        String password = settings.prefix() + "PASSWORD";
        Files.writeString(file, "# wrong\n" + wrong + "=1\n");
        Ended ended = run(program(settings), Map.of(password, "hush"));
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err())
                .contains("configuration of " + settings.service() + " refused")
                .contains(file.getFileName() + ":2: " + wrong + "=1")
                .contains("environment: " + password + "=********")
                .doesNotContain("Exception", "\tat ", "hush");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void whatConfigShowsIsWhatTheServiceSees() throws Exception {
        Files.writeString(folder.resolve(".env.gateway"), "VECTRON_GATEWAY_GRPC_PORT=9191\n");
        Map<String, String> environment =
                Map.of(
                        "VECTRON_GATEWAY_HOST",
                        "::1",
                        "VECTRON_GATEWAY_KAFKA_CLIENT_SASL_JAAS_CONFIG",
                        "hush");
        String main = "io.vectron.standalone.Main";
        Ended text = run(main, environment, "config", "gateway");
        assertThat(text.code()).as(text.err()).isZero();
        assertThat(text.out())
                .containsPattern("VECTRON_GATEWAY_GRPC_PORT +9191 +\\.env\\.gateway:1")
                .containsPattern("VECTRON_GATEWAY_HOST +::1 +environment")
                .containsPattern("VECTRON_GATEWAY_KAFKA_CLIENT_SASL_JAAS_CONFIG +\\*{8} ")
                .containsPattern("VECTRON_GATEWAY_PLACEMENT +127.0.0.1:7000 +default");
        Ended json = run(main, environment, "config", "gateway", "--json");
        assertThat(json.out().lines())
                .contains(
                        "{\"key\":\"VECTRON_GATEWAY_GRPC_PORT\",\"value\":\"9191\","
                                + "\"default\":\"9090\",\"source\":\".env.gateway:1\"}");
        assertThat(text.out() + json.out()).doesNotContain("hush");
    }

    @Test
    void configListsTheServicesAndRefusesOthers() throws Exception {
        String main = "io.vectron.standalone.Main";
        Ended all = run(main, Map.of(), "config");
        assertThat(all.out().lines())
                .containsExactly("broker", "placement", "worker", "ingest", "gateway");
        Ended unknown = run(main, Map.of(), "config", "gatewy");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("no such service: gatewy");
        Ended missing = run(main, Map.of(), "config", "worker");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("VECTRON_WORKER_ID");
    }
}
