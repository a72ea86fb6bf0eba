package io.vectron.placement.api;

import io.vectron.placement.model.Cluster;
import io.vectron.placement.model.WorkerNode;
import io.vectron.proto.placement.v1.PlacedCollection;
import io.vectron.proto.placement.v1.View;

/** A cluster as others see it. */
final class Views {
    private Views() {}

    static View of(Cluster cluster) {
        View.Builder view = View.newBuilder().setVersion(cluster.version());
        cluster.collections()
                .values()
                .forEach(entry ->
                        view.addCollections(
                                PlacedCollection.newBuilder().setRecord(entry.record())));
        // A worker that lost its address is of no use to a reader.
        cluster.workers().values().stream()
                .filter(WorkerNode::hasAddress)
                .forEach(worker -> view.addWorkers(worker.toView()));
        return view.build();
    }
}
