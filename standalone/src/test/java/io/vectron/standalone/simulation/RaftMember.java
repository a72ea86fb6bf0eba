package io.vectron.standalone.simulation;

import io.vectron.proto.log.v1.ShardEntry;
import io.vectron.replication.RaftPosition;
import io.vectron.standalone.simulation.RaftLog.Content;
import io.vectron.standalone.simulation.RaftLog.Entry;
import io.vectron.worker.shard.ApplyResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One member of a group: its log and term outlive a crash, the rest does not. */
final class RaftMember {
    private final String name;
    private final RaftLog log = new RaftLog();
    private final State state;
    private long term;
    private boolean leader;
    private boolean ready; // leads, and has applied all that earlier leaders committed
    private long committed = -1;
    private final Map<String, Long> matched = new HashMap<>(); // by other member, as a leader knows
    private final TreeMap<Long, Proposal> pending = new TreeMap<>();

    /** What is replicated. */
    interface State {
        /** Last position that is applied. */
        RaftPosition applied();

        /** The answer to the proposer; null if the member is no more. */
        @Nullable ApplyResult apply(RaftPosition at, ShardEntry entry);

        void advanced(RaftPosition at);
    }

    /** Who waits for an entry. */
    private record Proposal(long term, Proposer proposer) {}

    /** Hears what became of an entry, or nothing at all. */
    interface Proposer {
        void answered(ApplyResult result);
    }

    RaftMember(String name, State state) {
        this.name = name;
        this.state = state;
    }

    String name() {
        return name;
    }

    RaftLog log() {
        return log;
    }

    long term() {
        return term;
    }

    long committed() {
        return committed;
    }

    boolean leads() {
        return leader;
    }

    /** Whether it leads and knows where the group stands, as far as it can know. */
    boolean ready() {
        return leader && ready;
    }

    boolean votes() {
        return log.voters().contains(name);
    }

    /** Nothing but log and term is left; what is committed is learnt again. */
    void crash() {
        follow(term);
        committed = log.base().position().index();
    }

    /** Hears of a term: who led an older one leads no more, and tells its proposers nothing. */
    void follow(long newer) {
        term = Math.max(term, newer);
        leader = false;
        ready = false;
        pending.clear();
        matched.clear();
    }

    /** Won an election. */
    void lead(long newTerm) {
        follow(newTerm);
        leader = true;
        log.append(new Entry(term, new Content.Begin()));
    }

    /** As a leader: appends an entry; it may never be committed. */
    void propose(ShardEntry entry, Proposer proposer) {
        long index = log.append(new Entry(term, new Content.Command(entry)));
        pending.put(index, new Proposal(term, proposer));
    }

    /** As a leader: changes who has a vote, if no such change is under way; else nothing. */
    boolean changeVoters(List<String> voters) {
        if (!ready || log.changesVotersAfter(committed)) {
            return false;
        }
        log.append(new Entry(term, new Content.Voters(List.copyOf(voters))));
        return true;
    }

    /** As a leader: a member has everything up to an index. */
    void confirmed(String member, long index) {
        matched.put(member, index);
        commit();
    }

    /** As a leader: commits what a majority has, if an entry of its own term is among it. */
    void commit() {
        List<String> voters = log.voters();
        for (long index = log.last(); index > committed && log.term(index) == term; index--) {
            long at = index;
            long have =
                    voters.stream()
                            .filter(it -> it.equals(name) || matched.getOrDefault(it, -1L) >= at)
                            .count();
            if (2 * have > voters.size()) {
                committed = index;
                return;
            }
        }
    }

    /** As a follower: the leader says what is committed. */
    void learn(long leadersCommitted) {
        committed = Math.max(committed, Math.min(leadersCommitted, log.last()));
    }

    /** A snapshot is in the place of the log. */
    void installed(RaftLog.Base base) {
        log.reset(base);
        committed = base.position().index();
    }

    /** Applies the next committed entry; false if there is none. */
    boolean applyNext() {
        long index = state.applied().index() + 1;
        if (index > committed) {
            return false;
        }
        Entry entry = log.get(index);
        RaftPosition at = new RaftPosition(entry.term(), index);
        switch (entry.content()) {
            case Content.Command(var command) -> answer(at, state.apply(at, command));
            case Content.Begin() -> {
                state.advanced(at);
                ready |= leader && entry.term() == term;
            }
            case Content.Voters(var ids) -> {
                state.advanced(at);
                if (leader && !ids.contains(name)) {
                    follow(term); // voted out by its own entry
                }
            }
        }
        return true;
    }

    private void answer(RaftPosition at, @Nullable ApplyResult result) {
        Proposal proposal = pending.remove(at.index());
        if (proposal != null && proposal.term() == at.term() && result != null) {
            proposal.proposer().answered(result);
        }
    }
}
