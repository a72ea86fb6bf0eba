package io.vectron.ingest.route;

import io.vectron.common.rpc.Address;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Whom to ask about a shard: the member that was last known to lead it, else one member after the
 * other. Any thread.
 */
public final class Routes {
    private volatile @Nullable ViewIndex view;
    private final ConcurrentMap<String, String> leaders = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Integer> turns = new ConcurrentHashMap<>();

    /** The newest view; guesses about groups it does not name are forgotten. */
    public void view(ViewIndex newest) {
        ViewIndex last = view;
        view = newest;
        // What placement was told anew is worth a try; members that answer know better.
        newest.leaders()
                .forEach((group, leader) -> {
                    String before = last == null ? null : last.leaders().get(group);
                    if (!leader.equals(before)) {
                        leaders.put(group, leader);
                    }
                });
        leaders.keySet().retainAll(newest.shards().keySet());
        turns.keySet().retainAll(newest.shards().keySet());
    }

    /** The newest view, null before the first. */
    public @Nullable ViewIndex view() {
        return view;
    }

    /** A worker to ask, null if the view names none for this group. */
    public @Nullable Address target(String group) {
        ViewIndex now = view;
        ShardView shard = now == null ? null : now.shard(group);
        if (now == null || shard == null || shard.members().isEmpty()) {
            return null;
        }
        String leader = leaders.get(group);
        if (leader != null && shard.members().contains(leader)) {
            return now.workers().get(leader);
        }
        List<String> members = shard.members();
        int turn = Math.floorMod(turns.getOrDefault(group, 0), members.size());
        return now.workers().get(members.get(turn));
    }

    /**
     * A member named the leader; "" means it knows none.
     *
     * @return whether that is news, and worth a call at once
     */
    public boolean leads(String group, String worker) {
        if (worker.isEmpty() || worker.equals(leaders.get(group))) {
            // A hint to the member that just refused, or none: ask around.
            failed(group);
            return false;
        }
        leaders.put(group, worker);
        return true;
    }

    /** The asked member did not help: ask the next. */
    public void failed(String group) {
        leaders.remove(group);
        turns.merge(group, 1, Integer::sum);
    }
}
