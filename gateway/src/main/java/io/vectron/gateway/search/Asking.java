package io.vectron.gateway.search;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Deadline;
import io.grpc.Status;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.error.VectronException;
import io.vectron.common.rpc.Address;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.gateway.search.ShardAnswer.Answered;
import io.vectron.gateway.search.ShardAnswer.Missing;
import io.vectron.gateway.search.ShardAnswer.Moved;
import io.vectron.gateway.search.ShardAnswer.Stale;
import io.vectron.proto.worker.v1.WorkerServiceGrpc.WorkerServiceFutureStub;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One question to some shards. Each shard's first member is asked, all shards of a worker in one
 * call. A member that fails or refuses is followed by the shard's next one at once; one that is
 * silent for a while is joined by the next one, and the first answer counts. Used once, by one
 * thread, which waits.
 *
 * @param <T> what a shard finds
 */
final class Asking<T> {
    private final ShardQuestion<T> question;
    private final Function<Address, WorkerServiceFutureStub> stubs;
    private final Suspects suspects;
    private final Duration hedge;
    private final Map<Integer, Open<T>> open = new LinkedHashMap<>();
    private final SortedMap<Integer, ShardAnswer<T>> answers = new TreeMap<>();
    private final List<Call<T>> calls = new ArrayList<>(); // under way, oldest first

    // At most one reply a call, and as many calls as shards have members.
    private final BlockingQueue<Reply<T>> replies = new LinkedBlockingQueue<>();

    /**
     * @param stubs a worker's stub with its deadline set; calls end by themselves at that
     * @param hedge silence after which another member is asked, too
     */
    Asking(
            ShardQuestion<T> question,
            Function<Address, WorkerServiceFutureStub> stubs,
            Suspects suspects,
            Duration hedge) {
        this.question = question;
        this.stubs = stubs;
        this.suspects = suspects;
        this.hedge = hedge;
    }

    /** A shard without an answer. */
    private static final class Open<T> {
        final ShardRoute shard;
        final Deque<Address> left; // members not asked yet, best first
        int underWay;
        @Nullable ShardAnswer<T> refusal; // the one that tells most

        Open(ShardRoute shard, Collection<Address> members) {
            this.shard = shard;
            this.left = new ArrayDeque<>(members);
        }
    }

    /** A call under way. */
    private static final class Call<T> {
        final Address worker;
        final List<ShardRoute> shards;
        final long begunNanos = System.nanoTime();
        @Nullable ListenableFuture<List<ShardAnswer<T>>> future;
        boolean hedged;

        Call(Address worker, List<ShardRoute> shards) {
            this.worker = worker;
            this.shards = List.copyOf(shards);
        }
    }

    /** How a call ended: with one of the two. */
    private record Reply<T>(
            Call<T> call, @Nullable List<ShardAnswer<T>> said, @Nullable Throwable problem) {}

    /** Adds a shard, before the start. */
    void add(ShardRoute shard, List<Address> members) {
        open.put(shard.shard(), new Open<>(shard, members));
    }

    /**
     * Asks, until every shard has answered or all its members have been asked.
     *
     * @return an answer for each shard
     * @throws VectronException if a worker says that the question itself is wrong, or the answer is
     *     too large
     */
    SortedMap<Integer, ShardAnswer<T>> run(Deadline deadline) throws InterruptedException {
        try {
            askNext(List.copyOf(open.values()));
            while (!open.isEmpty()) {
                long patience = deadline.timeRemaining(TimeUnit.NANOSECONDS);
                if (patience <= 0) {
                    giveUp();
                    break;
                }
                Reply<T> reply =
                        replies.poll(Math.min(patience, untilHedge()), TimeUnit.NANOSECONDS);
                if (reply == null) {
                    joinTheSilent();
                } else {
                    take(reply);
                }
            }
            return answers;
        } finally {
            for (Call<T> call : calls) {
                if (call.future != null) {
                    call.future.cancel(true); // another member was quicker, or nobody waits
                }
            }
        }
    }

    /** Asks the next member of each, one call a worker. */
    private void askNext(Collection<Open<T>> shards) {
        Map<Address, List<ShardRoute>> byWorker = new LinkedHashMap<>();
        for (Open<T> one : shards) {
            Address member = one.left.poll();
            if (member != null) {
                one.underWay++;
                byWorker.computeIfAbsent(member, any -> new ArrayList<>()).add(one.shard);
            } else if (one.underWay == 0) {
                open.remove(one.shard.shard());
                answers.put(
                        one.shard.shard(),
                        one.refusal != null
                                ? one.refusal
                                : new Missing<>("no worker that holds it is known", false));
            }
        }
        byWorker.forEach(this::call);
    }

    private void call(Address worker, List<ShardRoute> shards) {
        Call<T> call = new Call<>(worker, shards);
        calls.add(call);
        ListenableFuture<List<ShardAnswer<T>>> future =
                question.ask(stubs.apply(worker), call.shards);
        call.future = future;
        Futures.addCallback(
                future,
                new FutureCallback<>() {
                    @Override
                    public void onSuccess(List<ShardAnswer<T>> said) {
                        replies.add(new Reply<>(call, said, null));
                    }

                    @Override
                    public void onFailure(Throwable problem) {
                        replies.add(new Reply<>(call, null, problem));
                    }
                },
                MoreExecutors.directExecutor());
    }

    private void take(Reply<T> reply) {
        Call<T> call = reply.call();
        calls.remove(call);
        List<ShardAnswer<T>> said = reply.said();
        Throwable problem = reply.problem();
        if (said == null || problem != null) {
            ShardAnswer<T> missing = missing(call.worker, problem);
            call.shards.forEach(shard -> settle(shard, missing, call));
        } else {
            if (said.size() != call.shards.size()) {
                throw new VectronException(
                        ErrorCode.INTERNAL,
                        "worker "
                                + call.worker
                                + " answered for "
                                + said.size()
                                + " shards instead of "
                                + call.shards.size());
            }
            suspects.answered(call.worker);
            for (int i = 0; i < said.size(); i++) {
                settle(call.shards.get(i), said.get(i), call);
            }
        }
        List<Open<T>> refused = new ArrayList<>();
        for (ShardRoute shard : call.shards) {
            Open<T> one = open.get(shard.shard());
            if (one != null) {
                refused.add(one);
            }
        }
        askNext(refused);
    }

    private void settle(ShardRoute shard, ShardAnswer<T> answer, Call<T> from) {
        Open<T> one = open.get(shard.shard());
        if (one == null) {
            return; // another member was quicker
        }
        one.underWay--;
        if (answer instanceof Answered<T>) {
            open.remove(shard.shard());
            answers.put(shard.shard(), answer);
            for (Call<T> slower : calls) {
                if (slower.begunNanos < from.begunNanos && slower.shards.contains(shard)) {
                    suspects.outrun(slower.worker);
                }
            }
        } else if (one.refusal == null || tells(answer) >= tells(one.refusal)) {
            one.refusal = answer;
        }
    }

    /** How much a refusal tells the caller. */
    private static <T> int tells(ShardAnswer<T> refusal) {
        return switch (refusal) {
            case Moved<T> _ -> 0;
            case Missing<T> _ -> 1;
            case Stale<T> _ -> 2;
            case Answered<T> _ -> 3;
        };
    }

    private long untilHedge() {
        long least = Long.MAX_VALUE;
        long now = System.nanoTime();
        for (Call<T> call : calls) {
            if (!call.hedged) {
                least = Math.min(least, hedge.toNanos() - (now - call.begunNanos));
            }
        }
        return Math.max(0, least);
    }

    /** Whoever has been silent for long is not waited for alone. */
    private void joinTheSilent() {
        long now = System.nanoTime();
        List<Open<T>> join = new ArrayList<>();
        for (Call<T> call : calls) {
            if (!call.hedged && now - call.begunNanos >= hedge.toNanos()) {
                call.hedged = true;
                for (ShardRoute shard : call.shards) {
                    Open<T> one = open.get(shard.shard());
                    if (one != null && !join.contains(one)) {
                        join.add(one);
                    }
                }
            }
        }
        askNext(join);
    }

    private void giveUp() {
        open.forEach((shard, one) ->
                answers.put(
                        shard,
                        one.refusal != null
                                ? one.refusal
                                : new Missing<>("its worker did not answer in time", true)));
        open.clear();
    }

    private ShardAnswer<T> missing(Address worker, @Nullable Throwable problem) {
        if (problem instanceof VectronException refused) {
            throw refused; // The question is wrong, says the worker: others would say the same.
        }
        Throwable known = problem == null ? new IllegalStateException("an empty answer") : problem;
        VectronException why = GrpcErrors.fromGrpc(known);
        Status.Code status = Status.fromThrowable(known).getCode();
        if (status == Status.Code.RESOURCE_EXHAUSTED && GrpcErrors.decode(known) == null) {
            throw new VectronException(
                    ErrorCode.INVALID_REQUEST,
                    null,
                    "the answer is too large: ask for fewer points, or without vectors");
        }
        suspects.failed(worker, why.toString());
        return new Missing<>(
                "worker " + worker + ": " + why.getMessage(),
                status == Status.Code.DEADLINE_EXCEEDED);
    }
}
