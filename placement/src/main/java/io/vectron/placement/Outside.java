package io.vectron.placement;

import io.vectron.placement.config.PlacementConfig;
import io.vectron.placement.kafka.CatalogLog;
import io.vectron.placement.kafka.KafkaCatalogLog;
import io.vectron.placement.kafka.KafkaTopicAdmin;
import io.vectron.placement.kafka.TopicAdmin;
import io.vectron.placement.worker.GrpcReplicaClient;
import io.vectron.placement.worker.ReplicaClient;

/** What placement reaches beyond its own group. Closed by the node that it is given to. */
record Outside(TopicAdmin topics, CatalogLog catalogue, ReplicaClient replicas)
        implements AutoCloseable {

    /** A real Kafka and real workers; connects to nothing yet. */
    static Outside of(PlacementConfig config) {
        return new Outside(
                new KafkaTopicAdmin(config.kafka(), config.plans().call()),
                new KafkaCatalogLog(config.kafka(), config.plans().call()),
                new GrpcReplicaClient(config.plans().call()));
    }

    @Override
    public void close() {
        replicas.close();
        catalogue.close();
        topics.close();
    }
}
