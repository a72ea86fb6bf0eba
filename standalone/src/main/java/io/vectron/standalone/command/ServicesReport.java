package io.vectron.standalone.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.cli.terminal.JsonLine;
import io.vectron.cli.terminal.Style;
import io.vectron.cli.terminal.Table;
import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Address;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.placement.config.PlacementConfig;
import io.vectron.standalone.port.PortLayout;
import io.vectron.standalone.run.Assembly;
import io.vectron.standalone.run.Piece;
import io.vectron.standalone.run.ServiceSet;
import io.vectron.worker.config.WorkerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is said when some services are ready: where they listen and how long they took. */
final class ServicesReport {
    private final Assembly assembly;
    private final Duration took;
    private final Map<String, String> addresses = new LinkedHashMap<>(); // name → address

    /**
     * @param took from the start of the JVM until everything was ready
     */
    ServicesReport(Assembly assembly, Duration took) {
        this.assembly = assembly;
        this.took = took;
        ServiceSet set = assembly.set();
        GatewayConfig gateway = set.gateway();
        if (gateway != null) {
            add("gateway", gateway.host(), gateway.grpcPort());
            add("rest", "http://" + gateway.host(), gateway.rest().port());
            add("gateway", gateway.management());
        }
        if (set.kafka() instanceof ServiceSet.Kafka.Own broker) {
            add("kafka", PortLayout.HOST, broker.config().port());
        }
        ServiceSet.Ingest ingest = set.ingest();
        if (ingest != null) {
            add("flink", "http://" + PortLayout.HOST, ingest.flink().dashboardPort());
        }
        PlacementConfig placement = set.placement();
        if (placement != null) {
            add("placement", placement.self().host(), placement.self().port());
            add("placement", placement.management());
        }
        WorkerConfig worker = set.worker();
        if (worker != null) {
            add("worker", worker.identity().host(), worker.identity().grpcPort());
            add("worker", worker.management());
        }
    }

    private void add(String name, String host, int port) {
        addresses.put(name, host + ":" + port);
    }

    private void add(String service, ManagementConfig management) {
        if (management.enabled()) {
            String address = new Address(management.host(), management.port()).toString();
            addresses.put(service + "_management", "http://" + address);
        }
    }

    /** For people. */
    List<String> lines() {
        Table table = new Table("part", "address");
        addresses.forEach((name, address) -> table.row(name.replace('_', ' '), address));
        List<String> lines = new ArrayList<>(table.lines());
        lines.set(0, Style.BOLD.of(lines.getFirst()));
        lines.add(
                Style.GREEN.of("ready")
                        + String.format(Locale.ROOT, " in %.1f s", took.toMillis() / 1e3));
        return lines;
    }

    /** For programs. */
    String json() {
        return JsonLine.of(this::write);
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStringField("event", "ready");
        json.writeNumberField("seconds", took.toMillis() / 1e3);
        json.writeNumberField("pid", ProcessHandle.current().pid());
        long residentBytes = ReadyReport.residentBytes();
        if (residentBytes >= 0) {
            json.writeNumberField("rss_mb", residentBytes / (double) (1 << 20));
        }
        json.writeObjectFieldStart("addresses");
        for (Map.Entry<String, String> address : addresses.entrySet()) {
            json.writeStringField(address.getKey(), address.getValue());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("started_in_ms");
        for (Map.Entry<Piece, Duration> piece : assembly.startTimes().pieces().entrySet()) {
            json.writeNumberField(piece.getKey().toString(), piece.getValue().toMillis());
        }
        json.writeEndObject();
    }
}
