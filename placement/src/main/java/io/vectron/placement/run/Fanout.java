package io.vectron.placement.run;

import io.vectron.placement.plan.ActionResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Makes calls for many shards at once, a few at a time, and sums their results up. */
final class Fanout {
    /** Enough to hide the round trips of a thousand shards, few enough not to flood a worker. */
    private static final int AT_ONCE = 16;

    private Fanout() {}

    /** One call. */
    @FunctionalInterface
    interface Call {
        ActionResult run() throws InterruptedException;
    }

    /**
     * Makes all calls and waits for them.
     *
     * @return Done if all are done; else a refusal if there is one, else a failure, else NotYet
     */
    static ActionResult all(List<Call> calls) throws InterruptedException {
        if (calls.size() == 1) {
            return calls.getFirst().run();
        }
        ActionResult worst = new ActionResult.Done();
        Semaphore room = new Semaphore(AT_ONCE);
        ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("shard-call-", 0).factory());
        try {
            List<Future<ActionResult>> results = new ArrayList<>();
            for (Call call : calls) {
                room.acquire();
                results.add(
                        threads.submit(() -> {
                            try {
                                return call.run();
                            } finally {
                                room.release();
                            }
                        }));
            }
            for (Future<ActionResult> result : results) {
                worst = worse(worst, result.get());
            }
            return worst;
        } catch (ExecutionException broken) {
            if (broken.getCause() instanceof InterruptedException) {
                throw new InterruptedException("a call was interrupted");
            }
            throw new IllegalStateException("a call broke", broken);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private static ActionResult worse(ActionResult one, ActionResult other) {
        return rank(other) > rank(one) ? other : one;
    }

    private static int rank(ActionResult result) {
        return switch (result) {
            case ActionResult.Done done -> 0;
            case ActionResult.Identified identified -> 0;
            case ActionResult.NotYet notYet -> 1;
            case ActionResult.Retry retry -> 2;
            case ActionResult.Lost lost -> 3;
            case ActionResult.Refused refused -> 4;
        };
    }
}
