package io.vectron.placement.metric;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vectron.common.metric.ServiceMetrics;
import io.vectron.placement.model.CatalogEntry;
import io.vectron.placement.model.Cluster;
import io.vectron.placement.plan.Plans;
import io.vectron.placement.run.Reconciler;
import io.vectron.placement.state.ReplicatedCatalog;
import io.vectron.proto.log.v1.CollectionState;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What placement shows, as its own replica of the catalogue has it. */
public final class PlacementMetrics {
    private static final Map<String, CollectionState> STATES =
            Map.of(
                    "creating", CollectionState.COLLECTION_STATE_CREATING,
                    "ready", CollectionState.COLLECTION_STATE_READY,
                    "deleting", CollectionState.COLLECTION_STATE_DELETING);

    private PlacementMetrics() {}

    /** Shows them from now on. */
    public static void show(
            ServiceMetrics metrics, ReplicatedCatalog catalog, Reconciler reconciler) {
        MeterRegistry registry = metrics.registry();
        gauge(registry, "workers", catalog, cluster -> cluster.workers().size());
        STATES.forEach((name, state) ->
                Gauge.builder(
                                "vectron.placement.collections",
                                catalog,
                                known -> count(known.cluster(), state))
                        .tag("state", name)
                        .strongReference(true)
                        .register(registry));
        gauge(registry, "shards", catalog, Cluster::shardCount);
        gauge(registry, "plans.under.way", catalog, PlacementMetrics::underWay);
        gauge(registry, "dead.letter.topics", catalog, cluster -> cluster.deadLetters().size());
        gauge(registry, "view.version", catalog, Cluster::version);
        Gauge.builder("vectron.placement.leads", catalog, known -> known.leads() ? 1 : 0)
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder("vectron.placement.plans.given.up", reconciler, Reconciler::givenUp)
                .register(registry);
        FunctionCounter.builder("vectron.placement.plan.retries", reconciler, Reconciler::retries)
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry,
            String name,
            ReplicatedCatalog catalog,
            ToDoubleFunction<Cluster> value) {
        Gauge.builder(
                        "vectron.placement." + name,
                        catalog,
                        known -> value.applyAsDouble(known.cluster()))
                .strongReference(true)
                .register(registry);
    }

    private static double count(Cluster cluster, CollectionState state) {
        return cluster.collections().values().stream()
                .filter(entry -> entry.state() == state)
                .count();
    }

    private static double underWay(Cluster cluster) {
        return cluster.collections().values().stream()
                .filter((CatalogEntry entry) -> Plans.next(entry) != null)
                .count();
    }
}
