package io.vectron.placement.fake;

import io.vectron.placement.kafka.CatalogLog;
import io.vectron.placement.kafka.TopicAdmin;
import io.vectron.proto.log.v1.CatalogRecord;
import io.vectron.proto.log.v1.CollectionFacts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Kafka's topics and the catalogue, in memory. Outlives the placement nodes that use it. */
public final class FakeKafka {
    /** A topic as Kafka has it. */
    public record Topic(String id, int partitions) {}

    private final Map<String, Topic> topics = new TreeMap<>(); // guarded by this
    private final Map<String, CatalogRecord> catalogue = new LinkedHashMap<>(); // guarded by this
    private final List<String> history = new ArrayList<>(); // guarded by this
    private final Set<String> idsEver = new HashSet<>(); // guarded by this
    private @Nullable String refusal; // guarded by this
    private @Nullable String outage; // guarded by this

    public synchronized Map<String, Topic> topics() {
        return Map.copyOf(topics);
    }

    /** What a reader finds in the compacted catalogue, by collection id. */
    public synchronized Map<String, CatalogRecord> catalogue() {
        return Map.copyOf(catalogue);
    }

    /** Every record ever written to the catalogue: state, or "gone". */
    public synchronized List<String> history() {
        return List.copyOf(history);
    }

    /** Number of different topics there ever were. */
    public synchronized int topicsEver() {
        return idsEver.size();
    }

    /** Makes Kafka refuse every new topic; null makes it stop. */
    public synchronized void refuseTopics(@Nullable String reason) {
        refusal = reason;
    }

    /** Makes Kafka answer nothing; null makes it stop. */
    public synchronized void outage(@Nullable String reason) {
        outage = reason;
    }

    /** A topic that somebody else made. */
    public synchronized void addForeign(String name, int partitions) {
        put(name, partitions);
    }

    /**
     * The topics, for one placement node.
     *
     * @param point called before and after everything that changes Kafka; what it throws is the
     *     death of the node at this point
     */
    public TopicAdmin admin(Consumer<String> point) {
        return new Admin(point);
    }

    /** The catalogue, for one placement node; see {@link #admin}. */
    public CatalogLog catalogue(Consumer<String> point) {
        return new Catalogue(point);
    }

    private synchronized void put(String name, int partitions) {
        String id = UUID.randomUUID().toString();
        topics.put(name, new Topic(id, partitions));
        idsEver.add(id);
    }

    private synchronized TopicAdmin.Result create(String name, int partitions) {
        if (outage != null) {
            return new TopicAdmin.Result.Unavailable(outage);
        }
        Topic present = topics.get(name);
        if (present == null && refusal != null) {
            return new TopicAdmin.Result.Refused(refusal);
        }
        if (present != null) {
            return present.partitions() == partitions
                    ? new TopicAdmin.Result.Done()
                    : new TopicAdmin.Result.Foreign("has " + present.partitions() + " partitions");
        }
        put(name, partitions);
        return new TopicAdmin.Result.Done();
    }

    private synchronized TopicAdmin.Result identify(CollectionFacts facts) {
        if (outage != null) {
            return new TopicAdmin.Result.Unavailable(outage);
        }
        Topic present = topics.get(facts.getTopic());
        if (present == null) {
            return new TopicAdmin.Result.Absent();
        }
        return present.partitions() == facts.getShards()
                ? new TopicAdmin.Result.Found(present.id())
                : new TopicAdmin.Result.Foreign("has " + present.partitions() + " partitions");
    }

    private synchronized TopicAdmin.Result delete(CollectionFacts facts, String topicId) {
        if (outage != null) {
            return new TopicAdmin.Result.Unavailable(outage);
        }
        Topic present = topics.get(facts.getTopic());
        if (present == null || (!topicId.isEmpty() && !present.id().equals(topicId))) {
            return new TopicAdmin.Result.Done();
        }
        if (topicId.isEmpty() && present.partitions() != facts.getShards()) {
            return new TopicAdmin.Result.Foreign("has " + present.partitions() + " partitions");
        }
        topics.remove(facts.getTopic());
        return new TopicAdmin.Result.Done();
    }

    private synchronized TopicAdmin.Result deleteDeadLetters(String topic) {
        if (outage != null) {
            return new TopicAdmin.Result.Unavailable(outage);
        }
        topics.remove(topic);
        return new TopicAdmin.Result.Done();
    }

    private synchronized CatalogLog.Result write(String id, @Nullable CatalogRecord record) {
        if (outage != null) {
            return new CatalogLog.Result.Unavailable(outage);
        }
        if (record == null) {
            catalogue.remove(id);
            history.add("gone");
        } else {
            catalogue.put(id, record);
            history.add(record.getState().name());
        }
        return new CatalogLog.Result.Written();
    }

    private final class Admin implements TopicAdmin {
        private final Consumer<String> point;

        Admin(Consumer<String> point) {
            this.point = point;
        }

        @Override
        public TopicAdmin.Result create(CollectionFacts facts) {
            point.accept("before topics are created");
            TopicAdmin.Result first = FakeKafka.this.create(facts.getTopic(), facts.getShards());
            point.accept("between the topic and its dead letters");
            TopicAdmin.Result second = FakeKafka.this.create(facts.getDeadLetterTopic(), 1);
            point.accept("after topics are created");
            return first instanceof TopicAdmin.Result.Done ? second : first;
        }

        @Override
        public TopicAdmin.Result identify(CollectionFacts facts) {
            point.accept("before the topic is identified");
            return FakeKafka.this.identify(facts);
        }

        @Override
        public TopicAdmin.Result delete(CollectionFacts facts, String topicId) {
            point.accept("before the topic is deleted");
            TopicAdmin.Result result = FakeKafka.this.delete(facts, topicId);
            point.accept("after the topic is deleted");
            return result;
        }

        @Override
        public TopicAdmin.Result deleteDeadLetters(String topic) {
            point.accept("before dead letters are deleted");
            TopicAdmin.Result result = FakeKafka.this.deleteDeadLetters(topic);
            point.accept("after dead letters are deleted");
            return result;
        }

        @Override
        public void close() {}
    }

    private final class Catalogue implements CatalogLog {
        private final Consumer<String> point;

        Catalogue(Consumer<String> point) {
            this.point = point;
        }

        @Override
        public CatalogLog.Result write(CatalogRecord record) {
            point.accept("before the catalogue is written: " + record.getState());
            CatalogLog.Result result = FakeKafka.this.write(record.getFacts().getId(), record);
            point.accept("after the catalogue is written: " + record.getState());
            return result;
        }

        @Override
        public CatalogLog.Result clear(String collectionId) {
            point.accept("before the catalogue is cleared");
            CatalogLog.Result result = FakeKafka.this.write(collectionId, null);
            point.accept("after the catalogue is cleared");
            return result;
        }

        @Override
        public void close() {}
    }
}
