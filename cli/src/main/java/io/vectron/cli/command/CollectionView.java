package io.vectron.cli.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vectron.cli.client.Connection;
import io.vectron.cli.output.Names;
import io.vectron.proto.log.v1.CollectionFacts;
import io.vectron.proto.log.v1.VectorSpec;
import io.vectron.proto.v1.Collection;
import io.vectron.proto.v1.DescribeCollectionRequest;
import io.vectron.proto.v1.ShardStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;

/** A collection as commands ask for it and show it. */
final class CollectionView {
    private CollectionView() {}

    static Collection describe(Connection connection, String name) {
        return connection
                .collections()
                .describeCollection(DescribeCollectionRequest.newBuilder().setName(name).build())
                .getCollection();
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** The points, marked if a shard did not tell its own. */
    static String points(Collection collection) {
        boolean all = collection.getShardsList().stream().allMatch(ShardStatus::getAnswered);
        return (all ? "" : "at least ") + number(collection.getPoints());
    }

    static String vectors(CollectionFacts facts) {
        return facts.getVectorsList().stream()
                .map(vector ->
                        (vector.getName().isEmpty() ? "" : vector.getName() + ": ")
                                + vector.getDimension()
                                + " "
                                + Names.of(vector.getMetric(), "METRIC_"))
                .collect(Collectors.joining(", "));
    }

    static void write(Collection collection, JsonGenerator json) throws IOException {
        CollectionFacts facts = collection.getFacts();
        json.writeStringField("name", facts.getName());
        json.writeStringField("id", facts.getId());
        json.writeStringField("state", Names.of(collection.getState(), "COLLECTION_STATE_"));
        json.writeArrayFieldStart("vectors");
        for (VectorSpec vector : facts.getVectorsList()) {
            json.writeStartObject();
            json.writeStringField("name", vector.getName());
            json.writeNumberField("dimension", vector.getDimension());
            json.writeStringField("metric", Names.of(vector.getMetric(), "METRIC_"));
            json.writeStringField("type", Names.of(vector.getType(), "VECTOR_TYPE_"));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("history", Names.of(facts.getHistory(), "HISTORY_"));
        json.writeStringField("topic", facts.getTopic());
        json.writeStringField("topic_id", collection.getTopicId());
        json.writeStringField("dead_letter_topic", facts.getDeadLetterTopic());
        json.writeStringField(
                "created_at", Instant.ofEpochMilli(facts.getCreatedAtMs()).toString());
        json.writeNumberField("points", collection.getPoints());
        json.writeArrayFieldStart("shards");
        for (ShardStatus shard : collection.getShardsList()) {
            json.writeStartObject();
            json.writeNumberField("shard", shard.getShard());
            json.writeBooleanField("answered", shard.getAnswered());
            json.writeNumberField("position", shard.getPosition());
            json.writeNumberField("log_end", shard.getLogEnd());
            json.writeNumberField("points", shard.getPoints());
            json.writeNumberField("graph_points", shard.getGraphPoints());
            json.writeStringField("digest", shard.getDigest());
            json.writeNumberField("epoch", shard.getEpoch());
            json.writeStringField("worker", shard.getWorker());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
