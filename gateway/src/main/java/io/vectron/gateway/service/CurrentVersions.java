package io.vectron.gateway.service;

import io.grpc.Deadline;
import io.vectron.gateway.fresh.LogPartition;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.search.FanOut;
import io.vectron.gateway.search.MinPositions;
import io.vectron.gateway.search.ShardGets;
import io.vectron.proto.worker.v1.FoundPoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Asks the shards which versions points have, once they include all that is in the log now. */
final class CurrentVersions {

    // Payloads come along, of up to 64 KiB each, and a message holds 16 MiB.
    private static final int IDS_PER_CALL = 128;

    private final FanOut fanOut;

    CurrentVersions(FanOut fanOut) {
        this.fanOut = fanOut;
    }

    /**
     * Versions of those of the ids that are points.
     *
     * @throws io.vectron.common.error.VectronException FRESHNESS_TIMEOUT if a shard does not come
     *     to the end of its log in time, SHARD_UNAVAILABLE, LOG_UNAVAILABLE
     */
    Map<String, Long> of(
            CollectionRoute route, Collection<String> ids, LogSession session, Deadline deadline)
            throws InterruptedException {
        Map<Integer, Long> ends = new TreeMap<>();
        for (String id : ids) {
            ends.computeIfAbsent(
                    route.partition(id),
                    shard -> session.span(new LogPartition(route.topic(), shard)).end());
        }
        MinPositions wanted = new MinPositions(ends);
        Map<String, Long> versions = new HashMap<>();
        List<String> open = new ArrayList<>(new LinkedHashSet<>(ids));
        for (int from = 0; from < open.size(); from += IDS_PER_CALL) {
            int to = Math.min(open.size(), from + IDS_PER_CALL);
            Map<Integer, Set<String>> byShard = new TreeMap<>();
            for (String id : open.subList(from, to)) {
                byShard.computeIfAbsent(route.partition(id), shard -> new LinkedHashSet<>())
                        .add(id);
            }
            Map<Integer, Long> positions = new TreeMap<>(wanted.byShard());
            positions.keySet().retainAll(byShard.keySet());
            MinPositions some = new MinPositions(positions);
            ReadOutcome<FoundPoint> outcome =
                    ReadOutcome.of(
                            fanOut.ask(
                                    route,
                                    byShard.keySet(),
                                    new ShardGets(byShard, true, some),
                                    deadline),
                            some);
            outcome.requireAll();
            outcome.found()
                    .forEach(points ->
                            points.forEach(one -> versions.put(one.getId(), one.getVersion())));
        }
        return versions;
    }
}
