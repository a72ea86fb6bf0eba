package io.vectron.standalone.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.cli.terminal.Style;
import io.vectron.cli.terminal.Table;
import io.vectron.standalone.cluster.ClusterPlace;
import io.vectron.standalone.cluster.ServiceState;
import io.vectron.standalone.cluster.ServiceState.Life;
import io.vectron.standalone.port.Part;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the services of a cluster are, as a table and as JSON. */
final class ClusterReport {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
                    .withZone(ZoneId.systemDefault());

    private final ClusterPlace place;
    private final List<ServiceState> states;

    ClusterReport(ClusterPlace place, List<ServiceState> states) {
        this.place = place;
        this.states = List.copyOf(states);
    }

    /** Whether every service can serve. */
    boolean ready() {
        return states.stream().allMatch(ServiceState::ready);
    }

    /** For people. */
    List<String> table() {
        Table table = new Table("service", "pid", "since", "state", "ready", "memory", "address");
        for (ServiceState state : states) {
            Instant since = state.since();
            table.row(
                    state.service().toString(),
                    state.pid() == 0 ? "" : Long.toString(state.pid()),
                    since == null ? "" : TIME.format(since),
                    state.life().toString(),
                    ready(state),
                    state.residentBytes() < 0 ? "" : mebibytes(state.residentBytes()),
                    state.address());
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.set(0, Style.BOLD.of(lines.getFirst()));
        return lines;
    }

    private static String ready(ServiceState state) {
        @Nullable String lack = state.notReady();
        if (lack == null) {
            return "yes";
        }
        return state.life() == Life.RUNNING ? "no: " + lack.lines().findFirst().orElse("") : "no";
    }

    /** RAM of all processes together. */
    String memory() {
        return mebibytes(residentBytes());
    }

    private long residentBytes() {
        return states.stream().mapToLong(state -> Math.max(0, state.residentBytes())).sum();
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", bytes >> 20);
    }

    /** For programs: the fields within an object. */
    void write(JsonGenerator json) throws IOException {
        json.writeStringField("data", place.data().toString());
        json.writeBooleanField("ready", ready());
        json.writeNumberField("rss_mb", residentBytes() / (double) (1 << 20));
        json.writeObjectFieldStart("addresses");
        json.writeStringField("gateway", place.ports().address(Part.GATEWAY));
        json.writeStringField("rest", "http://" + place.ports().address(Part.GATEWAY_REST));
        json.writeStringField("kafka", place.kafka());
        json.writeStringField("flink", "http://" + place.ports().address(Part.FLINK));
        json.writeStringField("placement", place.ports().address(Part.PLACEMENT));
        json.writeStringField("worker", place.ports().address(Part.WORKER));
        json.writeEndObject();
        json.writeArrayFieldStart("services");
        for (ServiceState state : states) {
            write(json, state);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, ServiceState state) throws IOException {
        json.writeStartObject();
        json.writeStringField("service", state.service().toString());
        json.writeStringField("state", state.life().toString());
        json.writeBooleanField("ready", state.ready());
        Instant since = state.since();
        if (since != null) {
            json.writeNumberField("pid", state.pid());
            json.writeStringField("since", since.truncatedTo(ChronoUnit.MILLIS).toString());
        }
        @Nullable String lack = state.notReady();
        if (lack != null) {
            json.writeStringField("reason", lack);
        }
        if (state.residentBytes() >= 0) {
            json.writeNumberField("rss_mb", state.residentBytes() / (double) (1 << 20));
        }
        if (!state.address().isEmpty()) {
            json.writeStringField("address", state.address());
        }
        json.writeEndObject();
    }
}
