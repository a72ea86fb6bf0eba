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
 * Writes points in transactions: all of one becomes visible, or nothing of it. Each line of the
 * input is an id, a tab, and the point as JSON; without JSON the point is deleted. A line that says
 * {@code commit} or {@code abort} ends the transaction; one that is open at the end is aborted. For
 * each point of a committed transaction it prints the id, a tab, and the write token.
 *
 * <pre>java -cp 'libs/*' TransactionalProducer.java BOOTSTRAP_SERVERS TOPIC TRANSACTIONAL_ID</pre>
 *
 * Two producers that run at once need two transactional ids. A search sees what stands behind an
 * open transaction of the same partition only when that has ended: keep transactions short.
 */
public final class TransactionalProducer {
    private final KafkaProducer<String, String> producer;
    private final String topic;
    private final PrintStream out = new PrintStream(System.out, false, UTF_8);
    private final List<String> ids = new ArrayList<>();
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    private TransactionalProducer(KafkaProducer<String, String> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    /** Bootstrap servers, the collection's topic, and a transactional id. */
    public static void main(String[] args)
            throws IOException, InterruptedException, ExecutionException {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", args[0], "transactional.id", args[2]);
        try (var producer =
                        new KafkaProducer<>(
                                settings, new StringSerializer(), new StringSerializer());
                var in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            producer.initTransactions();
            new TransactionalProducer(producer, args[1]).run(in);
        }
    }

    private void run(BufferedReader in)
            throws IOException, InterruptedException, ExecutionException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "commit" -> commit();
                case "abort" -> abort();
                default -> write(line);
            }
        }
        abort();
        out.flush();
    }

    private void write(String line) {
        if (sent.isEmpty()) {
            producer.beginTransaction();
        }
        String[] parts = line.split("\t", 2);
        String json = parts.length == 1 || parts[1].isEmpty() ? null : parts[1];
        ids.add(parts[0]);
        sent.add(producer.send(new ProducerRecord<>(topic, parts[0], json)));
    }

    private void commit() throws InterruptedException, ExecutionException {
        if (!sent.isEmpty()) {
            producer.commitTransaction();
        }
        for (int i = 0; i < ids.size(); i++) {
            RecordMetadata written = sent.get(i).get();
            String token = topic + "/" + written.partition() + "/" + written.offset();
            out.println(ids.get(i) + "\t" + token);
        }
        forget();
    }

    private void abort() {
        if (!sent.isEmpty()) {
            // Without this the records would not reach Kafka at all: as good, but no example.
            producer.flush();
            producer.abortTransaction();
        }
        forget();
    }

    private void forget() {
        ids.clear();
        sent.clear();
    }
}
