package io.vectron.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.cli.FakeGateway;
import io.vectron.cli.client.Connection;
import io.vectron.common.error.ErrorCode;
import io.vectron.proto.v1.WriteResult;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImporterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private FakeGateway gateway;
    private Connection connection;
    private final Log log = new Log();

    @BeforeEach
    void start() throws Exception {
        gateway = FakeGateway.start();
        connection = new Connection(gateway.address(), PATIENCE);
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        gateway.close();
    }

    @Test
    void writesEverythingInBatches() throws Exception {
        Importer.Outcome outcome = run(setting(7, 3, false), lines(100));
        assertThat(outcome).isEqualTo(new Importer.Outcome(100, 0, 100, null));
        assertThat(gateway.points()).hasSize(100);
        assertThat(log.written).hasSize(100).allMatch(WriteResult::hasToken);
    }

    @Test
    void errorsThatMayPassAreTriedAgain() throws Exception {
        gateway.failNext(ErrorCode.OVERLOADED);
        gateway.withholdNext("p3");
        Importer.Outcome outcome = run(setting(10, 1, false), lines(10));
        assertThat(outcome).isEqualTo(new Importer.Outcome(10, 0, 10, null));
        // The one that was withheld, and only that one, was sent a second time.
        assertThat(gateway.order()).hasSize(10).endsWith("p3");
    }

    @Test
    void anErrorThatDoesNotPassEndsIt() throws Exception {
        gateway.failNext(ErrorCode.COLLECTION_NOT_FOUND);
        Importer.Outcome outcome = run(setting(5, 1, false), lines(20));
        assertThat(outcome.next()).isZero();
        assertThat(Objects.requireNonNull(outcome.failure()).code())
                .isEqualTo("COLLECTION_NOT_FOUND");
    }

    @Test
    void aRefusedPointEndsItAndTheNextRunGoesOnThere() throws Exception {
        List<String> lines = new ArrayList<>(lines(20));
        lines.set(12, line("bad"));
        Importer.Outcome outcome = run(setting(5, 1, false), lines);
        assertThat(outcome.failure()).isNotNull();
        assertThat(outcome.next()).isEqualTo(10);
        assertThat(log.refused).containsExactly("12 told to refuse");
        assertThat(gateway.points()).containsKeys("p0", "p9").doesNotContainKey("p11");
    }

    @Test
    void whatIsRefusedCanBePassedOver() throws Exception {
        List<String> lines = new ArrayList<>(lines(20));
        lines.set(3, "junk");
        lines.set(12, line("bad"));
        lines.set(13, line("bad-too"));
        Importer.Outcome outcome = run(setting(5, 2, true), lines);
        assertThat(outcome).isEqualTo(new Importer.Outcome(17, 3, 20, null));
        assertThat(log.refused).hasSize(3).anyMatch(text -> text.startsWith("3 json_malformed"));
    }

    @Test
    void aBadLineAtTheEndIsSettledToo() throws Exception {
        Importer.Outcome outcome = run(setting(5, 1, true), List.of(line("a"), "junk"));
        assertThat(outcome).isEqualTo(new Importer.Outcome(1, 1, 2, null));
    }

    /** However many requests are under way, and although the first of them is tried again. */
    @Test
    void theLaterOfTwoPointsOfAnIdWins() throws Exception {
        gateway.failNext(ErrorCode.LOG_UNAVAILABLE);
        List<String> lines =
                Stream.concat(
                                lines(8).stream(),
                                Stream.of(
                                        "{\"id\":\"p0\",\"vector\":[5,5]}",
                                        "{\"id\":\"p0\",\"vector\":[6,6]}"))
                        .toList();
        run(setting(4, 4, false), lines);
        assertThat(
                        Objects.requireNonNull(gateway.points().get("p0"))
                                .getPoint()
                                .getVectors(0)
                                .getF32()
                                .getValues(0))
                .isEqualTo(6);
    }

    @Test
    void whenStoppedItTellsHowFarItCame() throws Exception {
        Importer importer = new Importer(connection, setting(5, 1, false), 40, log);
        assertThat(importer.stop(PATIENCE)).isEqualTo(new Importer.Outcome(0, 0, 40, null));
        assertThat(importer.run(source(lines(20))).written()).isZero();
        assertThat(gateway.points()).isEmpty();
    }

    private Importer.Outcome run(Importer.Setting setting, List<String> lines) throws Exception {
        return new Importer(connection, setting, 0, log).run(source(lines));
    }

    private static Importer.Setting setting(int batch, int inFlight, boolean keepGoing) {
        return new Importer.Setting(FakeGateway.COLLECTION, batch, inFlight, PATIENCE, keepGoing);
    }

    private static PointSource source(List<String> lines) {
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        return new JsonLinesSource(new ByteArrayInputStream(text), text.length);
    }

    private static List<String> lines(int count) {
        return IntStream.range(0, count).mapToObj(i -> line("p" + i)).toList();
    }

    private static String line(String id) {
        return "{\"id\":\"" + id + "\",\"vector\":[1,2]}";
    }

    /** What the importer tells; it calls one at a time. */
    private static final class Log implements Importer.Listener {
        private final List<WriteResult> written = new ArrayList<>();
        private final List<String> refused = new ArrayList<>();

        @Override
        public void written(List<WriteResult> results) {
            written.addAll(results);
        }

        @Override
        public void refused(long at, String reason) {
            refused.add(at + " " + reason);
        }

        @Override
        public void progress(long count) {
            // Nobody watches.
        }
    }
}
