package io.vectron.gateway.search;

import io.grpc.Deadline;
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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the shards of a collection, see {@link Asking}. What stays without an answer when all
 * members were asked is asked once more, if there is somebody else to ask: the place that newer
 * routes name.
 */
public final class FanOut {

    private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

    private final Channels channels;
    private final Routes routes;
    private final Deadlines deadlines;
    // Spreads requests over replicas; wraps around.
    private final AtomicInteger turn = new AtomicInteger();

    private final Suspects suspects = new Suspects(System::nanoTime);

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

    /** One attempt's answers, and whom it could ask. */
    private record Attempt<T>(
            SortedMap<Integer, ShardAnswer<T>> answers, Map<Integer, List<Address>> asked) {}

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
                    boolean asked = !second.asked().getOrDefault(shard, List.of()).isEmpty();
                    if (!(answer instanceof Missing<T>) || asked) {
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
            Map<Integer, List<Address>> silent,
            ShardQuestion<T> question,
            Deadline deadline)
            throws InterruptedException {
        Deadline work = deadlines.ofWork(deadline);
        Asking<T> asking =
                new Asking<>(
                        question,
                        worker ->
                                WorkerServiceGrpc.newFutureStub(channels.to(worker))
                                        .withDeadline(work),
                        suspects,
                        deadlines.hedge());
        Map<Integer, List<Address>> asked = new HashMap<>();
        int start = turn.getAndIncrement();
        for (int shard : shards) {
            ShardRoute target = route.shards().get(shard);
            List<Address> members = members(target, start);
            members.removeAll(silent.getOrDefault(shard, List.of()));
            asked.put(shard, members);
            asking.add(target, suspects.inOrder(members));
        }
        return new Attempt<>(asking.run(deadline), asked);
    }

    /** Those that hold the shard, each one's turn to be the first. */
    private static List<Address> members(ShardRoute shard, int start) {
        List<Address> members = new ArrayList<>();
        shard.replicas().forEach(replica -> members.add(replica.address()));
        Collections.rotate(members, -Math.floorMod(start, Math.max(1, members.size())));
        return members;
    }

    /** Whom it is no use to ask again. A worker that did not hold a shard may hold it now. */
    private static <T> Map<Integer, List<Address>> silent(Attempt<T> attempt) {
        Map<Integer, List<Address>> silent = new HashMap<>(attempt.asked());
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
