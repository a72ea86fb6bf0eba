import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes points with a plain Kafka producer. Each line of the input is an id, a tab, and the point
 * as JSON; without JSON the point is deleted. For each line it prints the id, a tab, and the write
 * token that Kafka's acknowledgement amounts to.
 *
 * <pre>java -cp 'libs/*' PlainProducer.java BOOTSTRAP_SERVERS TOPIC &lt; points.tsv</pre>
 *
 * The class path needs kafka-clients and its dependencies.
 */
public final class PlainProducer {
    private PlainProducer() {}

    /** Bootstrap servers, and the collection's topic. */
    public static void main(String[] args)
            throws IOException, InterruptedException, ExecutionException {
        // The defaults are right: acks=all, idempotent, and murmur2 of the key as partitioner.
        Map<String, Object> settings = Map.of("bootstrap.servers", args[0]);
        List<String> ids = new ArrayList<>();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (var producer =
                        new KafkaProducer<>(
                                settings, new StringSerializer(), new StringSerializer());
                var in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] parts = line.split("\t", 2);
                String json = parts.length == 1 || parts[1].isEmpty() ? null : parts[1];
                var record = new ProducerRecord<String, String>(args[1], parts[0], json);
                record.headers().add("content-type", "application/json".getBytes(UTF_8));
                ids.add(parts[0]);
                sent.add(producer.send(record));
            }
        }
        PrintStream out = new PrintStream(System.out, false, UTF_8);
        for (int i = 0; i < ids.size(); i++) {
            RecordMetadata written = sent.get(i).get();
            out.println(
                    ids.get(i)
                            + "\t"
                            + written.topic()
                            + "/"
                            + written.partition()
                            + "/"
                            + written.offset());
        }
        out.flush();
    }
}
