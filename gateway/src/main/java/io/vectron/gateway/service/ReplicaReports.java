package io.vectron.gateway.service;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Deadline;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.proto.worker.v1.ListReplicasRequest;
import io.vectron.proto.worker.v1.ListReplicasResponse;
import io.vectron.proto.worker.v1.ReplicaStatus;
import io.vectron.proto.worker.v1.Role;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the workers report about the shards of collections. */
final class ReplicaReports {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaReports.class);

    private final Map<String, Report> byGroup;

    private ReplicaReports(Map<String, Report> byGroup) {
        this.byGroup = byGroup;
    }

    /**
     * A report.
     *
     * @param worker who gave it
     * @param status what it says
     */
    record Report(String worker, ReplicaStatus status) {

        /** The leader's report counts for the shard. */
        static Report better(Report one, Report other) {
            return other.status().getRole() == Role.ROLE_LEADER ? other : one;
        }
    }

    /** Asks every worker that holds a shard of these collections, all at once. */
    static ReplicaReports collect(
            Collection<CollectionRoute> routes, Channels channels, Deadline deadline)
            throws InterruptedException {
        Map<String, Address> workers = new LinkedHashMap<>();
        for (CollectionRoute route : routes) {
            for (ShardRoute shard : route.shards()) {
                shard.replicas().forEach(one -> workers.put(one.worker(), one.address()));
            }
        }
        Map<String, ListenableFuture<ListReplicasResponse>> calls = new LinkedHashMap<>();
        workers.forEach((worker, address) ->
                calls.put(
                        worker,
                        WorkerServiceGrpc.newFutureStub(channels.to(address))
                                .withDeadline(deadline)
                                .listReplicas(ListReplicasRequest.getDefaultInstance())));
        Map<String, Report> byGroup = new HashMap<>();
        for (Map.Entry<String, ListenableFuture<ListReplicasResponse>> call : calls.entrySet()) {
            try {
                for (ReplicaStatus status : call.getValue().get().getReplicasList()) {
                    byGroup.merge(
                            status.getGroup(), new Report(call.getKey(), status), Report::better);
                }
            } catch (ExecutionException e) {
                LOG.debug("worker {} does not report", call.getKey(), e);
            }
        }
        return new ReplicaReports(byGroup);
    }

    /** What is known of a group; null if nobody reported. */
    @Nullable Report of(String group) {
        return byGroup.get(group);
    }
}
