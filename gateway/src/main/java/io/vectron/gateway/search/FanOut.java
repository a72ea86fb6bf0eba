package io.vectron.gateway.search;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Deadline;
import io.grpc.Status;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import io.vectron.common.rpc.Channels;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.route.Routes;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.gateway.search.ShardAnswer.Answered;
import io.vectron.gateway.search.ShardAnswer.Missing;
import io.vectron.gateway.search.ShardAnswer.Moved;
import io.vectron.gateway.search.ShardAnswer.Stale;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the shards of a collection: one call a worker, all at once. What stays without an answer is
 * asked once more, if there is somebody else to ask: another replica, or the place that newer
 * routes name.
 */
public final class FanOut {

    private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

    private final Channels channels;
    private final Routes routes;
    private final Deadlines deadlines;
    // Spreads requests over replicas; wraps around.
    private final AtomicInteger turn = new AtomicInteger();

    // Workers that did not answer last; so that the log says it once. At most as many as placement
    // ever named.
    private final Set<Address> away = ConcurrentHashMap.newKeySet();

    /** Calls through channels that the caller closes. */
    public FanOut(Channels channels, Routes routes, Deadlines deadlines) {
        this.channels = channels;
        this.routes = routes;
        this.deadlines = deadlines;
    }

    /**
     * What the shards said.
     *
     * @param route the generation that all of them belong to
     * @param byShard one answer for every shard asked; none is {@link Moved}
     */
    public record Answers<T>(CollectionRoute route, SortedMap<Integer, ShardAnswer<T>> byShard) {}

    /** One attempt's answers, and whom it asked. */
    private record Attempt<T>(
            SortedMap<Integer, ShardAnswer<T>> answers, Map<Integer, Address> asked) {}

    /**
     * Asks shards.
     *
     * @param shards which; a subset of the route's
     * @param deadline of the request; workers get a little less
     * @throws VectronException if a worker says that the question itself is wrong, or the answer is
     *     too large
     */
    public <T> Answers<T> ask(
            CollectionRoute route,
            Set<Integer> shards,
            ShardQuestion<T> question,
            Deadline deadline)
            throws InterruptedException {
        Attempt<T> first = attempt(route, shards, Map.of(), question, deadline);
        Set<Integer> open = unanswered(first.answers());
        if (open.isEmpty() || deadline.isExpired()) {
            return new Answers<>(route, settled(first.answers()));
        }
        CollectionRoute again = reroute(route, first.answers(), deadline);
        if (again.generation() != route.generation()) {
            // All shards of one answer belong to one generation.
            Attempt<T> second = attempt(again, shards, Map.of(), question, deadline);
            return new Answers<>(again, settled(second.answers()));
        }
        Attempt<T> second = attempt(again, open, silent(first), question, deadline);
        SortedMap<Integer, ShardAnswer<T>> merged = new TreeMap<>(first.answers());
        second.answers()
                .forEach((shard, answer) -> {
                    if (!(answer instanceof Missing<T>) || second.asked().containsKey(shard)) {
                        merged.put(shard, answer);
                    }
                });
        return new Answers<>(again, settled(merged));
    }

    private <T> CollectionRoute reroute(
            CollectionRoute route, SortedMap<Integer, ShardAnswer<T>> answers, Deadline deadline)
            throws InterruptedException {
        boolean moved = answers.values().stream().anyMatch(answer -> answer instanceof Moved<T>);
        if (moved) {
            // The worker knows more than our view: the news is on its way.
            Deadline patience =
                    deadline.minimum(
                            Deadline.after(deadlines.reroute().toNanos(), TimeUnit.NANOSECONDS));
            boolean newer = routes.await(route.viewVersion() + 1, patience);
            LOG.debug("routes of {} are old; newer ones came: {}", route.topic(), newer);
        }
        CollectionRoute now = routes.ready(route.facts().getName());
        // A namesake is another collection: what we were asked about is gone.
        return now.facts().getId().equals(route.facts().getId()) ? now : route;
    }

    private <T> Attempt<T> attempt(
            CollectionRoute route,
            Set<Integer> shards,
            Map<Integer, Address> silent,
            ShardQuestion<T> question,
            Deadline deadline)
            throws InterruptedException {
        SortedMap<Integer, ShardAnswer<T>> answers = new TreeMap<>();
        Map<Integer, Address> asked = new LinkedHashMap<>();
        Map<Address, List<ShardRoute>> byWorker = new LinkedHashMap<>();
        int start = turn.getAndIncrement();
        for (int shard : shards) {
            ShardRoute target = route.shards().get(shard);
            Address worker = choose(target, silent.get(shard), start);
            if (worker == null) {
                answers.put(shard, new Missing<>("no worker that holds it is known", false));
            } else {
                byWorker.computeIfAbsent(worker, address -> new ArrayList<>()).add(target);
                asked.put(shard, worker);
            }
        }
        Deadline call = deadlines.ofWork(deadline);
        Map<Address, ListenableFuture<List<ShardAnswer<T>>>> calls = new LinkedHashMap<>();
        byWorker.forEach((worker, targets) ->
                calls.put(
                        worker,
                        question.ask(
                                WorkerServiceGrpc.newFutureStub(channels.to(worker))
                                        .withDeadline(call),
                                targets)));
        try {
            for (Map.Entry<Address, ListenableFuture<List<ShardAnswer<T>>>> one :
                    calls.entrySet()) {
                List<ShardRoute> targets = byWorker.getOrDefault(one.getKey(), List.of());
                collect(one.getKey(), targets, one.getValue(), answers);
            }
        } finally {
            // Only when one of them has failed the whole request, or the thread is interrupted.
            calls.values().forEach(rest -> rest.cancel(true));
        }
        return new Attempt<>(answers, asked);
    }

    private <T> void collect(
            Address worker,
            List<ShardRoute> targets,
            ListenableFuture<List<ShardAnswer<T>>> call,
            SortedMap<Integer, ShardAnswer<T>> answers)
            throws InterruptedException {
        List<ShardAnswer<T>> said;
        try {
            said = call.get(); // Ends by its own deadline.
            if (away.remove(worker)) {
                LOG.info("worker {} answers again", worker);
            }
        } catch (ExecutionException e) {
            ShardAnswer<T> missing = missing(worker, e.getCause() == null ? e : e.getCause());
            targets.forEach(target -> answers.put(target.shard(), missing));
            return;
        }
        if (said.size() != targets.size()) {
            throw new VectronException(
                    ErrorCode.INTERNAL,
                    "worker "
                            + worker
                            + " answered for "
                            + said.size()
                            + " shards instead of "
                            + targets.size());
        }
        for (int i = 0; i < said.size(); i++) {
            answers.put(targets.get(i).shard(), said.get(i));
        }
    }

    private <T> ShardAnswer<T> missing(Address worker, Throwable problem) {
        if (problem instanceof VectronException refused) {
            throw refused; // The question is wrong, says the worker: others would say the same.
        }
        VectronException known = GrpcErrors.fromGrpc(problem);
        Status.Code status = Status.fromThrowable(problem).getCode();
        if (status == Status.Code.RESOURCE_EXHAUSTED && GrpcErrors.decode(problem) == null) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    null,
                    "the answer is too large: ask for fewer points, or without vectors");
        }
        if (away.add(worker)) {
            LOG.warn("worker {} does not answer: {}", worker, known.toString());
        }
        return new Missing<>(
                "worker " + worker + ": " + known.getMessage(),
                status == Status.Code.DEADLINE_EXCEEDED);
    }

    private static @Nullable Address choose(ShardRoute shard, @Nullable Address but, int start) {
        List<ShardRoute.Replica> replicas = shard.replicas();
        for (int i = 0; i < replicas.size(); i++) {
            Address address = replicas.get(Math.floorMod(start + i, replicas.size())).address();
            if (!address.equals(but)) {
                return address;
            }
        }
        return null;
    }

    /** Whom it is no use to ask again. A worker that did not hold a shard may hold it now. */
    private static <T> Map<Integer, Address> silent(Attempt<T> attempt) {
        Map<Integer, Address> silent = new HashMap<>(attempt.asked());
        silent.keySet().removeIf(shard -> !(attempt.answers().get(shard) instanceof Missing<T>));
        return silent;
    }

    private static <T> Set<Integer> unanswered(SortedMap<Integer, ShardAnswer<T>> answers) {
        Set<Integer> open = new HashSet<>();
        answers.forEach((shard, answer) -> {
            switch (answer) {
                case Missing<T> _ -> open.add(shard);
                case Moved<T> _ -> open.add(shard);
                case Answered<T> _ -> {}
                case Stale<T> _ -> {}
            }
        });
        return open;
    }

    private static <T> SortedMap<Integer, ShardAnswer<T>> settled(
            SortedMap<Integer, ShardAnswer<T>> answers) {
        SortedMap<Integer, ShardAnswer<T>> settled = new TreeMap<>(answers);
        settled.replaceAll((shard, answer) ->
                answer instanceof Moved<T>
                        ? new Missing<>("its worker does not hold it", false)
                        : answer);
        return settled;
    }
}
