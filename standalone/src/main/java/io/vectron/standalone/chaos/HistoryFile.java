package io.vectron.standalone.chaos;

import io.vectron.cli.terminal.JsonLine;
import io.vectron.standalone.history.Change;
import io.vectron.standalone.history.History;
import io.vectron.standalone.history.Log;
import io.vectron.standalone.history.LogRecord;
import io.vectron.standalone.history.Operation;
import io.vectron.standalone.history.Operation.ReadOutcome;
import io.vectron.standalone.history.Operation.WriteOutcome;
import io.vectron.standalone.history.Shown;
import io.vectron.standalone.history.Verdict;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes down a history that cannot be, as JSON lines: violations, log, operations. */
final class HistoryFile {
    private HistoryFile() {}

    static void write(Path file, Verdict verdict, History history, Log log) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (String line : verdict.lines()) {
                out.write(JsonLine.of(json -> json.writeStringField("violation", line)));
                out.newLine();
            }
            for (var shard : log.shards()) {
                for (LogRecord record : shard) {
                    out.write(text(record));
                    out.newLine();
                }
            }
            for (Operation operation : history.operations()) {
                out.write(text(operation));
                out.newLine();
            }
        }
    }

    private static String text(LogRecord record) {
        return JsonLine.of(json -> {
            json.writeNumberField("shard", record.shard());
            json.writeNumberField("offset", record.offset());
            json.writeStringField("key", record.key());
            if (record.change() instanceof Change.Put put) {
                json.writeNumberField("stamp", put.stamp());
            }
        });
    }

    private static String text(Operation operation) {
        return JsonLine.of(json -> {
            json.writeNumberField("operation", operation.number());
            json.writeStringField("client", operation.client());
            json.writeNumberField("begun_nanos", operation.span().begunNanos());
            json.writeNumberField("ended_nanos", operation.span().endedNanos());
            json.writeStringField("text", operation.toString());
            switch (operation) {
                case Operation.Write write -> {
                    if (write.outcome() instanceof WriteOutcome.Acknowledged place) {
                        json.writeNumberField("acknowledged_at_micros", place.atMicros());
                    }
                }
                case Operation.Read read -> {
                    if (read.outcome() instanceof ReadOutcome.Answer answer) {
                        json.writeObjectFieldStart("positions");
                        for (Map.Entry<Integer, Long> mark : answer.watermarks().entrySet()) {
                            json.writeNumberField("" + mark.getKey(), mark.getValue());
                        }
                        json.writeEndObject();
                        if (answer.freshAsOfMicros() != ReadOutcome.Answer.NOT_SAID) {
                            json.writeNumberField("fresh_as_of_micros", answer.freshAsOfMicros());
                        }
                        json.writeArrayFieldStart("shown");
                        for (Shown shown : answer.shown()) {
                            json.writeString(
                                    shown.key() + "@" + shown.version() + "=" + shown.stamp());
                        }
                        json.writeEndArray();
                    }
                }
                case Operation.Census _ -> {}
            }
        });
    }
}
