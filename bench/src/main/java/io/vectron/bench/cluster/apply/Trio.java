package io.vectron.bench.cluster.apply;

import com.google.protobuf.ByteString;
import io.vectron.common.rpc.FreePort;
import io.vectron.index.Admission;
import io.vectron.replication.GroupId;
import io.vectron.replication.Peer;
import io.vectron.replication.PeerId;
import io.vectron.replication.ProposeResult;
import io.vectron.worker.replica.ShardReplica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Three members of one group in this process, each with a server, a log and a store of its own. */
final class Trio implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(1);
    private static final String HOST = "127.0.0.1";

    private final GroupId group = new GroupId(UUID.randomUUID());
    private final Batches batches;
    private final List<Member> members = new ArrayList<>();
    private final Member leader;

    /**
     * Starts the members and returns when one of them leads.
     *
     * @param folder an empty one
     * @param indexed whether the replicas have indexes
     */
    Trio(Path folder, Batches batches, boolean indexed) throws IOException {
        this.batches = batches;
        try {
            for (int i = 0; i < 3; i++) {
                String id = "bench-" + folder.getFileName() + "-" + (i + 1);
                Peer self = new Peer(new PeerId(id), HOST, freePort());
                members.add(new Member(self, folder.resolve(id), batches.facts(), indexed));
            }
            List<Peer> peers = members.stream().map(Member::self).toList();
            for (Member member : members) {
                member.start(group, peers);
            }
            await("a leader", () -> members.stream().anyMatch(Member::leads));
            leader = members.stream().filter(Member::leads).findFirst().orElseThrow();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Applies all batches; returns when all three members have applied the last one.
     *
     * @param inFlight batches that are proposed before the answer to the first of them
     */
    void apply(int inFlight) throws IOException {
        Deque<CompletableFuture<ProposeResult>> proposed = new ArrayDeque<>();
        for (int i = 0; i < batches.entries().size(); i++) {
            if (proposed.size() == inFlight) {
                settle(proposed.remove());
            }
            proposed.add(propose(batches.entries().get(i), batches.rows().get(i).size()));
        }
        while (!proposed.isEmpty()) {
            settle(proposed.remove());
        }
        await(
                "all members apply all",
                () -> members.stream().allMatch(it -> it.position() == batches.end()));
    }

    /** Returns when all rows have their places in graphs or files. */
    void awaitIndexed() throws IOException {
        await("graphs", () -> members.stream().allMatch(Member::settled));
    }

    private CompletableFuture<ProposeResult> propose(ByteString entry, int rows)
            throws IOException {
        ShardReplica replica = leader.indexed();
        if (replica == null) {
            return leader.node().propose(group, entry.toByteArray());
        }
        // As a worker does: who asks for too much is told to wait.
        await("room in the index", () -> replica.reserve(rows) == Admission.ADMITTED);
        return leader.node()
                .propose(group, entry.toByteArray())
                .whenComplete((result, failure) -> replica.release(rows));
    }

    private static void settle(CompletableFuture<ProposeResult> proposal) throws IOException {
        try {
            ProposeResult result = proposal.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!(result instanceof ProposeResult.Applied)) {
                throw new IOException("a batch was not applied: " + result);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a batch has no answer", e);
        }
    }

    private static void await(String what, BooleanSupplier reached) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > deadline || Thread.interrupted()) {
                throw new IOException("not within " + PATIENCE + ": " + what);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    private static int freePort() throws IOException {
        return FreePort.any();
    }

    /** All at the same time: each waits a second or two for the threads of Ratis. */
    @Override
    public void close() throws IOException {
        List<CompletableFuture<Void>> closing =
                members.stream().map(it -> CompletableFuture.runAsync(() -> close(it))).toList();
        try {
            CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw new IOException("a member does not close", e.getCause());
        }
    }

    private static void close(Member member) {
        try {
            member.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
