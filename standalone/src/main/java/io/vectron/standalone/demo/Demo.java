package io.vectron.standalone.demo;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.vectron.cli.text.Embedder;
import io.vectron.proto.v1.SearchResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A reverse dictionary on a running Vectron: loads words through Kafka and finds them by meaning
 * through the gateway, meanwhile and afterwards.
 */
public final class Demo implements AutoCloseable {
    private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(10);
    private static final Duration SEARCHABLE_DEADLINE = Duration.ofMinutes(2);
    private static final int RESULTS = 5;

    private final ManagedChannel gateway;
    private final Library library;
    private final Embedder embedder;
    private final Loader loader;
    private final int total;
    private final int before;
    private final long beganNanos;

    private Demo(Parts parts, int before, int total, long beganNanos) {
        this.gateway = parts.gateway();
        this.library = parts.library();
        this.embedder = parts.embedder();
        this.loader = parts.loader();
        this.before = before;
        this.total = total;
        this.beganNanos = beganNanos;
    }

    private record Parts(
            ManagedChannel gateway, Library library, Embedder embedder, Loader loader) {}

    /**
     * What the demo needs.
     *
     * @param dictionary file of words
     * @param count how many of them to load, from the first
     * @param kafka bootstrap servers
     * @param gateway {@code host:port} of the gateway's gRPC
     * @param nativeFolder where native libraries may be unpacked
     */
    public record Setting(
            Path dictionary, int count, String kafka, String gateway, Path nativeFolder) {}

    /** How far loading is. */
    public record State(int loaded, int total) {}

    /** Creates the collection if needed and begins to load the words that are not there yet. */
    public static Demo start(Setting setting) throws IOException {
        long began = System.nanoTime();
        List<Word> words = Dictionary.read(setting.dictionary(), setting.count());
        ManagedChannel gateway =
                Grpc.newChannelBuilder(setting.gateway(), InsecureChannelCredentials.create())
                        .build();
        Embedder embedder = null;
        try {
            embedder = Embedder.load(setting.nativeFolder());
            Library library = new Library(gateway);
            String topic = library.open();
            Set<String> present = library.present(words);
            List<Word> missing =
                    words.stream().filter(word -> !present.contains(word.id())).toList();
            Loader loader = new Loader(embedder, missing, setting.kafka(), topic);
            loader.start();
            Parts parts = new Parts(gateway, library, embedder, loader);
            return new Demo(parts, present.size(), words.size(), began);
        } catch (IOException | RuntimeException e) {
            gateway.shutdownNow();
            if (embedder != null) {
                embedder.close();
            }
            throw e;
        }
    }

    /** How far loading is. */
    public State state() {
        return new State(before + loader.acknowledged(), total);
    }

    /** Words that were there from an earlier run. */
    public int before() {
        return before;
    }

    /** Completes when Kafka has acknowledged the first words. */
    public CompletableFuture<Void> firstAcknowledged() {
        return loader.firstAcknowledged();
    }

    /** Completes when Kafka has acknowledged all words; fails with what went wrong. */
    public CompletableFuture<Void> acknowledged() {
        return loader.done();
    }

    /** Since {@link #start} was called. */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    /**
     * Waits until everything that Kafka has acknowledged so far is searchable, by the very
     * acknowledgements that it gave to the producer.
     *
     * @throws StatusRuntimeException if it is not in time
     */
    public void awaitSearchable() {
        float[] any = embedder.embed("any");
        library.search(any, 1, loader.tokens(), SEARCHABLE_DEADLINE);
    }

    /**
     * Finds the words whose meaning is nearest to the question, over what is searchable now.
     *
     * @throws StatusRuntimeException if the gateway cannot answer
     */
    public Answer ask(String question) {
        long began = System.nanoTime();
        SearchResponse response =
                library.search(embedder.embed(question), RESULTS, List.of(), ANSWER_DEADLINE);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        State state = state();
        return new Answer(question, response, took, Instant.now(), state.loaded(), state.total());
    }

    /** Stops loading. */
    @Override
    public void close() {
        loader.close();
        embedder.close();
        gateway.shutdownNow();
    }
}
