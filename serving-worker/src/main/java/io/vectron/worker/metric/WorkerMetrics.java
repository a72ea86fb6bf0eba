package io.vectron.worker.metric;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.vectron.common.metric.ServiceMetrics;
import io.vectron.common.record.Rule;
import io.vectron.index.IndexStats;
import io.vectron.proto.log.v1.ApplyBatch;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.ApplyBatchResponse.OutcomeCase;
import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.RejectedRecord;
import io.vectron.proto.worker.v1.ReplicaCondition.ConditionCase;
import io.vectron.worker.replica.Comparisons;
import io.vectron.worker.replica.Reading;
import io.vectron.worker.replica.Replicas;
import io.vectron.worker.replica.ShardReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What the worker counts. Labels are bounded. Any thread. */
public final class WorkerMetrics {
    /** Shards that are shown one by one; of more only the number is told. */
    public static final int MOST_SHARDS = 256;

    private static final String OTHER = "other";
    private static final Set<String> REASONS =
            Set.of("INDEX_TAIL_FULL", "INDEX_HOT_FULL", "DISK_FULL");
    private static final Set<String> RULES =
            Arrays.stream(Rule.values()).map(Rule::key).collect(Collectors.toUnmodifiableSet());

    private final MeterRegistry registry;
    private final Timer applyTime;
    private final Timer searchTime;

    /** Registers in the service's registry. */
    public WorkerMetrics(ServiceMetrics metrics) {
        registry = metrics.registry();
        applyTime = timer("vectron.worker.apply");
        searchTime = timer("vectron.worker.search");
        registry.counter("vectron.worker.rows");
        for (OutcomeCase outcome : OutcomeCase.values()) {
            if (outcome != OutcomeCase.OUTCOME_NOT_SET) {
                registry.counter("vectron.worker.batches", "outcome", label(outcome));
            }
        }
        REASONS.forEach(reason -> registry.counter("vectron.worker.overloaded", "reason", reason));
        RULES.forEach(rule -> registry.counter("vectron.worker.rejected.records", "rule", rule));
    }

    /**
     * Shows replicas and disk as they are at each look.
     *
     * @param replicas all replicas
     * @param diskUsedShare share of the disk in use, 0 to 1
     */
    public void show(ServiceMetrics metrics, Replicas replicas, DoubleSupplier diskUsedShare) {
        Gauge.builder("vectron.worker.replicas", () -> replicas.all().size()).register(registry);
        for (ConditionCase condition : ConditionCase.values()) {
            if (condition != ConditionCase.CONDITION_NOT_SET) {
                Gauge.builder(
                                "vectron.worker.replicas.by.condition",
                                () -> count(replicas, condition))
                        .tag("condition", label(condition))
                        .register(registry);
            }
        }
        verdicts(replicas, "agreed", Comparisons::agreed);
        verdicts(replicas, "outvoted", Comparisons::outvoted);
        verdicts(replicas, "split", Comparisons::split);
        Gauge.builder("vectron.worker.disk.used.share", diskUsedShare::getAsDouble)
                .register(registry);
        Shards shards = new Shards();
        metrics.beforeEach(() -> shards.look(replicas.all()));
    }

    /** A gauge, not a counter: the counts go with the replicas. */
    private void verdicts(Replicas replicas, String verdict, ToLongFunction<Comparisons> count) {
        Gauge.builder(
                        "vectron.worker.digest.comparisons",
                        () ->
                                replicas.all().stream()
                                        .mapToLong(it -> count.applyAsLong(it.comparisons()))
                                        .sum())
                .tag("verdict", verdict)
                .register(registry);
    }

    private static long count(Replicas replicas, ConditionCase condition) {
        long undescribed = condition == ConditionCase.FAILED ? replicas.undescribed().size() : 0;
        return undescribed
                + replicas.all().stream()
                        .filter(it -> replicas.condition(it).getConditionCase() == condition)
                        .count();
    }

    /** A batch was answered after so many nanoseconds. */
    public void answered(
            ApplyBatch batch, BatchJourney journey, ApplyBatchResponse answer, long nanos) {
        registry.counter("vectron.worker.batches", "outcome", label(answer.getOutcomeCase()))
                .increment();
        if (answer.hasOverloaded()) {
            String reason = answer.getOverloaded().getReason();
            registry.counter(
                            "vectron.worker.overloaded",
                            "reason",
                            REASONS.contains(reason) ? reason : OTHER)
                    .increment();
        }
        if (answer.hasApplied()) {
            applyTime.record(nanos, TimeUnit.NANOSECONDS);
            registry.counter("vectron.worker.rows").increment(batch.getRecordsCount());
            for (RejectedRecord rejected : journey.getRejectedList()) {
                String rule = rejected.getRule();
                registry.counter(
                                "vectron.worker.rejected.records",
                                "rule",
                                RULES.contains(rule) ? rule : OTHER)
                        .increment();
            }
        }
    }

    /** A search was answered. */
    public void searched(long nanos) {
        searchTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(String name) {
        return Timer.builder(name)
                .serviceLevelObjectives(ServiceMetrics.LATENCIES.toArray(Duration[]::new))
                .register(registry);
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** What each shard shows. */
    private final class Shards {
        private record Glance(Tags tags, long position, long points, IndexStats stats) {}

        private final MultiGauge position = gauge("position");
        private final MultiGauge points = gauge("points");
        private final MultiGauge rows = gauge("rows");
        private final MultiGauge tail = gauge("tail.rows");
        private final MultiGauge inserts = gauge("graph.inserts");
        private final MultiGauge slab = gauge("slab.bytes");
        private final MultiGauge frozen = gauge("frozen.segments");
        private final MultiGauge sealed = gauge("sealed.segments");
        private final MultiGauge sealedRows = gauge("sealed.rows");
        private final MultiGauge sealedBytes = gauge("sealed.bytes");

        private MultiGauge gauge(String what) {
            return MultiGauge.builder("vectron.worker.shard." + what).register(registry);
        }

        void look(Collection<ShardReplica> replicas) {
            List<Glance> seen = new ArrayList<>();
            for (ShardReplica replica : replicas.stream().limit(MOST_SHARDS).toList()) {
                try (Reading reading = replica.read()) {
                    if (reading != null) {
                        seen.add(
                                new Glance(
                                        tags(replica),
                                        reading.state().position(),
                                        reading.state().rows(),
                                        reading.index().stats()));
                    }
                }
            }
            show(position, seen, Glance::position);
            show(points, seen, Glance::points);
            show(rows, seen, one -> one.stats().rows());
            show(tail, seen, one -> one.stats().tailRows());
            show(inserts, seen, one -> one.stats().builds());
            show(slab, seen, one -> one.stats().slabBytes());
            show(frozen, seen, one -> one.stats().frozen());
            show(sealed, seen, one -> one.stats().sealed().segments());
            show(sealedRows, seen, one -> one.stats().sealed().rows());
            show(sealedBytes, seen, one -> one.stats().sealed().bytes());
        }

        private void show(MultiGauge gauge, List<Glance> seen, ToDoubleFunction<Glance> value) {
            gauge.register(
                    seen.stream()
                            .map(one -> MultiGauge.Row.of(one.tags(), value.applyAsDouble(one)))
                            .toList(),
                    true);
        }

        private static Tags tags(ShardReplica replica) {
            return Tags.of(
                    "collection", replica.facts().collection().getName(),
                    "shard", Integer.toString(replica.facts().partition()),
                    "generation", Integer.toString(replica.facts().generation()));
        }
    }
}
