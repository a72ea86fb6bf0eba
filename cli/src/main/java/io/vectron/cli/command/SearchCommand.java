package io.vectron.cli.command;

import io.vectron.cli.client.CommandException;
import io.vectron.cli.client.Connection;
import io.vectron.cli.input.VectorText;
import io.vectron.cli.output.FreshnessText;
import io.vectron.cli.output.Output;
import io.vectron.cli.output.Printable;
import io.vectron.cli.terminal.Style;
import io.vectron.cli.terminal.Table;
import io.vectron.cli.text.Embedder;
import io.vectron.common.record.PayloadJson;
import io.vectron.proto.log.v1.DenseF32;
import io.vectron.proto.log.v1.NamedVector;
import io.vectron.proto.v1.GetRequest;
import io.vectron.proto.v1.GetResponse;
import io.vectron.proto.v1.ScoredPoint;
import io.vectron.proto.v1.SearchRequest;
import io.vectron.proto.v1.SearchResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code vectron search}. */
@Command(
        name = "search",
        sortOptions = false,
        description = {
            "Finds the points nearest to a vector, to a text, or to a stored point.",
            "Text becomes a vector of 384 components by all-MiniLM-L6-v2, in this process; the"
                    + " points must have been embedded by the same model."
        })
public final class SearchCommand implements Callable<Integer> {
    private static final int PAYLOAD_CHARACTERS = 120;

    @Mixin private final CollectionOption collection = new CollectionOption();

    @ArgGroup(multiplicity = "1")
    private Query query = new Query();

    @Option(names = "--top-k", paramLabel = "N", description = "Results; default: 10.")
    private int topK = 10;

    @Option(
            names = "--ef",
            paramLabel = "N",
            description = "Breadth of the search: more finds more; default: each shard chooses.")
    private int ef;

    @Option(names = "--exact", description = "Compare with every point.")
    private boolean exact;

    @Option(names = "--payload", description = "Show the payload of each result.")
    private boolean payload;

    @Option(names = "--vectors", description = "Show the vector of each result; with --json.")
    private boolean vectors;

    @Option(
            names = "--vector-name",
            paramLabel = "NAME",
            description = "Name of the vector in the collection; default: none.")
    private String vectorName = "";

    @Mixin private final FreshnessOption freshness = new FreshnessOption();
    @Mixin private final ClientOptions options = new ClientOptions();

    SearchCommand() {}

    /** What is looked for; one of them. */
    static final class Query {
        @Option(
                names = "--vector",
                paramLabel = "NUMBERS",
                converter = VectorConverter.class,
                description = "A vector, such as 0.1,0.2,0.3 or [0.1,0.2,0.3].")
        private @Nullable DenseF32 vector;

        @Option(names = "--text", paramLabel = "TEXT", description = "A text.")
        private @Nullable String text;

        @Option(names = "--id", paramLabel = "ID", description = "The vector of a stored point.")
        private @Nullable String id;
    }

    /** Reads a vector. */
    static final class VectorConverter implements ITypeConverter<DenseF32> {
        @Override
        public DenseF32 convert(String text) {
            try {
                return VectorText.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        return Client.run(options, this::search);
    }

    private int search(Connection connection, Output output) throws IOException {
        SearchRequest request =
                SearchRequest.newBuilder()
                        .setCollection(collection.name())
                        .setVector(vector(connection))
                        .setTopK(topK)
                        .setEf(ef)
                        .setExact(exact)
                        .setWithPayload(payload)
                        .setWithVectors(vectors)
                        .setReadMode(freshness.mode())
                        .build();
        SearchResponse response = connection.points().search(request);
        if (output.json()) {
            output.message(response);
        } else {
            print(response, output);
        }
        return Client.OK;
    }

    private NamedVector vector(Connection connection) throws IOException {
        if (query.id != null) {
            return stored(connection, query.id);
        }
        DenseF32 values = query.vector != null ? query.vector : embed(String.valueOf(query.text));
        return NamedVector.newBuilder().setName(vectorName).setF32(values).build();
    }

    private NamedVector stored(Connection connection, String id) {
        GetResponse response =
                connection
                        .points()
                        .get(
                                GetRequest.newBuilder()
                                        .setCollection(collection.name())
                                        .addIds(id)
                                        .setReadMode(freshness.mode())
                                        .build());
        if (response.getPointsCount() == 0) {
            throw new CommandException(
                    "no point " + id + "; if it was just written, --at-least TOKEN waits for it");
        }
        return response.getPoints(0).getPoint().getVectorsList().stream()
                .filter(vector -> vector.getName().equals(vectorName))
                .findFirst()
                .orElseThrow(() ->
                        new CommandException(
                                "point " + id + " has no vector '" + vectorName + "'"));
    }

    private static DenseF32 embed(String text) throws IOException {
        if (text.isBlank()) {
            throw new CommandException("the text is empty");
        }
        try (Embedder embedder = Embedder.load(cacheFolder())) {
            DenseF32.Builder values = DenseF32.newBuilder();
            for (float component : embedder.embed(text)) {
                values.addValues(component);
            }
            return values.build();
        }
    }

    /** Where the tokenizer's native library is unpacked, once. */
    private static Path cacheFolder() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache != null && !cache.isBlank()
                        ? Path.of(cache)
                        : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("vectron");
    }

    private void print(SearchResponse response, Output output) {
        if (response.getResultsCount() == 0) {
            output.line("no points");
        } else {
            List<String> headings = new ArrayList<>(List.of("", "id", "score", "distance"));
            if (payload) {
                headings.add("payload");
            }
            Table table = new Table(headings.toArray(String[]::new));
            int rank = 1;
            for (ScoredPoint result : response.getResultsList()) {
                List<String> row = new ArrayList<>();
                row.add(Integer.toString(rank++));
                row.add(Printable.of(result.getId()));
                row.add(String.format(Locale.ROOT, "%.4f", result.getScore()));
                row.add(String.format(Locale.ROOT, "%.4f", result.getDistance()));
                if (payload) {
                    row.add(shortened(PayloadJson.print(result.getPoint().getPayload())));
                }
                table.row(row.toArray(String[]::new));
            }
            output.table(table);
        }
        if (response.getPartial()) {
            output.line(
                    "partial: "
                            + response.getShardsAnswered()
                            + " of "
                            + response.getShardsAsked()
                            + " shards answered");
        }
        output.line(Style.DIM.of(FreshnessText.of(response.getFreshness())));
    }

    private static String shortened(String text) {
        String plain = Printable.of(text);
        return plain.length() <= PAYLOAD_CHARACTERS
                ? plain
                : plain.substring(0, PAYLOAD_CHARACTERS) + "…";
    }
}
