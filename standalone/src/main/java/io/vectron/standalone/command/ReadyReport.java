package io.vectron.standalone.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Style;
import io.vectron.cli.terminal.Table;
import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.Piece;
import io.vectron.standalone.run.StartTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is said when everything is ready: where the parts listen and how long they took. */
final class ReadyReport {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private final PortLayout ports;
    private final String kafka;
    private final StartTimes times;
    private final Duration startTime;

    ReadyReport(Running running) {
        this.ports = running.standalone().ports();
        this.kafka = running.standalone().bootstrapServers();
        this.times = running.standalone().startTimes();
        this.startTime = running.startTime();
    }

    /** For people. */
    List<String> lines() {
        Table table = new Table("part", "address", "started in");
        row(table, Piece.GATEWAY, gateway());
        row(table, Piece.BROKER, "Kafka " + kafka);
        row(table, Piece.FLINK, "dashboard http://" + ports.address(Part.FLINK));
        row(table, Piece.JOB, "vectron-ingest");
        row(
                table,
                Piece.PLACEMENT,
                placed(Part.PLACEMENT, Part.PLACEMENT_RAFT, Part.PLACEMENT_MANAGEMENT));
        row(table, Piece.WORKER, placed(Part.WORKER, Part.WORKER_RAFT, Part.WORKER_MANAGEMENT));
        List<String> lines = new ArrayList<>(table.lines());
        lines.set(0, Style.BOLD.of(lines.getFirst()));
        lines.add(summary());
        return lines;
    }

    /** One line for people. */
    String summary() {
        return Style.GREEN.of("ready")
                + String.format(Locale.ROOT, " in %.1f s", startTime.toMillis() / 1e3);
    }

    /** For programs. */
    String json() {
        return JsonLine.of(this::write);
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStringField("event", "ready");
        json.writeNumberField("seconds", startTime.toMillis() / 1e3);
        json.writeNumberField("pid", ProcessHandle.current().pid());
        long residentBytes = residentBytes();
        if (residentBytes >= 0) {
            json.writeNumberField("rss_mb", residentBytes / (double) (1 << 20));
        }
        json.writeObjectFieldStart("addresses");
        json.writeStringField("gateway", ports.address(Part.GATEWAY));
        json.writeStringField("rest", "http://" + ports.address(Part.GATEWAY_REST));
        json.writeStringField("kafka", kafka);
        json.writeStringField("flink", "http://" + ports.address(Part.FLINK));
        json.writeStringField("placement", ports.address(Part.PLACEMENT));
        json.writeStringField("worker", ports.address(Part.WORKER));
        management(json, Part.GATEWAY_MANAGEMENT);
        management(json, Part.PLACEMENT_MANAGEMENT);
        management(json, Part.WORKER_MANAGEMENT);
        json.writeEndObject();
        json.writeObjectFieldStart("started_in_ms");
        for (Map.Entry<Piece, Duration> piece : times.pieces().entrySet()) {
            json.writeNumberField(piece.getKey().toString(), piece.getValue().toMillis());
        }
        json.writeEndObject();
    }

    private void management(JsonGenerator json, Part part) throws IOException {
        json.writeStringField(part.service() + "_management", "http://" + ports.address(part));
    }

    private void row(Table table, Piece piece, String address) {
        Duration took = times.pieces().getOrDefault(piece, Duration.ZERO);
        table.row(
                piece.toString(),
                address,
                String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1e3));
    }

    private String gateway() {
        return "REST http://"
                + ports.address(Part.GATEWAY_REST)
                + ", gRPC "
                + ports.address(Part.GATEWAY)
                + ", management "
                + ports.port(Part.GATEWAY_MANAGEMENT);
    }

    private String placed(Part service, Part raft, Part management) {
        return "gRPC "
                + ports.address(service)
                + ", Raft "
                + ports.port(raft)
                + ", management "
                + ports.port(management);
    }

    /** Memory of this process that is in RAM; -1 where the system does not tell. */
    static long residentBytes() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return -1;
        }
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(RESIDENT)) {
                String kib = line.substring(RESIDENT.length()).replace("kB", "").trim();
                return Long.parseLong(kib) << 10;
            }
        }
        return -1;
    }
}
