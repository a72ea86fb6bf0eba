package io.vectron.index;

import io.vectron.index.SearchResult.Hit;
import io.vectron.index.code.RecordLayout;
import io.vectron.index.hot.HotSearch;
import io.vectron.index.hot.HotView;
import io.vectron.index.sealed.SealedScan;
import io.vectron.index.sealed.Walk;
import io.vectron.index.vector.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Searches one segment after the other, on one thread at a time; holds the scratch space. */
final class Searcher {

    private static final long DISTANCE = 0xFFFF_FFFFL << 32; // of a key
    private static final int MOST_WORDS_KEPT = 1 << 19;
    private static final Comparator<Hit> BY_DISTANCE_THEN_ID =
            Comparator.comparingDouble(Hit::distance).thenComparing(Hit::id);

    private final IndexSpec spec;
    private final Scorer scorer;
    private final HotSearch hot = new HotSearch();
    private final SealedScan scan = new SealedScan();
    private @Nullable Walk compact; // each made when it is needed first
    private @Nullable Walk fused;

    /** {@code sortable key distance << 32 | place}; what is at the place is in the next two. */
    private long[] keys = new long[64];

    private int[] segments = new int[64]; // sealed ones first, then those in memory
    private int[] ordinals = new int[64];
    private int found;
    private long visited;

    Searcher(IndexSpec spec, Scorer scorer) {
        this.spec = spec;
        this.scorer = scorer;
    }

    /** Forgets what was found. */
    void clear() {
        found = 0;
        visited = 0;
    }

    /** About how many rows a search compares in a segment, in the time a comparison takes. */
    static long comparisons(Snapshot snapshot, SearchQuery query, IndexLimits limits, int segment) {
        int sealed = snapshot.sealed().size();
        int ef = Math.max(query.ef(), query.topK());
        if (segment >= sealed) {
            HotView view = snapshot.hot().get(segment - sealed);
            return HotSearch.comparisons(view, limits, ef, query.exact());
        }
        SealedPart part = snapshot.sealed().get(segment);
        return scanned(part, query, limits)
                ? part.rows()
                : Math.min(part.rows(), (long) HotSearch.ROWS_PER_EF * ef);
    }

    private static boolean scanned(SealedPart part, SearchQuery query, IndexLimits limits) {
        return query.exact() || part.rows() - part.deadRows() < limits.flatRows();
    }

    /** Searches one more segment: sealed ones are counted first, then those in memory. */
    void search(Snapshot snapshot, SearchQuery query, int segment) {
        int k = query.topK();
        int ef = Math.max(query.ef(), k);
        int sealed = snapshot.sealed().size();
        if (segment < sealed) {
            sealed(snapshot, snapshot.sealed().get(segment), segment, ef, query);
            return;
        }
        hot.search(snapshot.hot().get(segment - sealed), spec.limits(), k, ef, query.exact());
        takeHot(segment, k);
        visited += hot.visited();
    }

    /** Takes over what another one has found in other segments of the same snapshot. */
    void absorb(Searcher other) {
        for (int i = 0; i < other.found; i++) {
            take((other.keys[i] & DISTANCE) | other.ordinals[i], other.segments[i]);
        }
        visited += other.visited;
    }

    /** The best of all that was found. */
    SearchResult result(Snapshot snapshot, int k) {
        Arrays.sort(keys, 0, found);
        int counted = (int) Math.min(visited, Integer.MAX_VALUE);
        return new SearchResult(snapshot.position(), hits(snapshot, k), counted);
    }

    private void sealed(Snapshot snapshot, SealedPart part, int number, int ef, SearchQuery query) {
        part.segment().requireSound();
        int k = query.topK();
        if (scanned(part, query, spec.limits())) {
            scan.scan(part.segment(), part.records(), snapshot.query(), k, snapshot.position());
            for (int i = 0; i < scan.size(); i++) {
                take(scan.key(i), number);
            }
            visited += scan.visited();
            return;
        }
        Walk walk = walk(part.segment().layout());
        int count = walk.search(part.records(), snapshot.query(), k, ef, snapshot.position());
        long[] walked = walk.found();
        for (int i = 0; i < count && (i < k || sameDistance(walked[i], walked[k - 1])); i++) {
            take(walked[i], number);
        }
        visited += walk.visited();
    }

    private Walk walk(RecordLayout layout) {
        Walk there = layout.fused() ? fused : compact;
        if (there != null) {
            return there;
        }
        Walk made = Walk.of(layout);
        if (layout.fused()) {
            fused = made;
        } else {
            compact = made;
        }
        return made;
    }

    private static boolean sameDistance(long key, long other) {
        return key >> 32 == other >> 32;
    }

    /** The best k of the segment just searched, and those as near as the last of them. */
    private void takeHot(int number, int k) {
        for (int i = 0; i < hot.found(); i++) {
            long key = hot.key(i);
            if (i >= k && !sameDistance(key, hot.key(k - 1))) {
                return;
            }
            take(key, number);
        }
    }

    private void take(long key, int segment) {
        if (found == keys.length) {
            keys = Arrays.copyOf(keys, 2 * found);
            segments = Arrays.copyOf(segments, 2 * found);
            ordinals = Arrays.copyOf(ordinals, 2 * found);
        }
        keys[found] = (key & DISTANCE) | found;
        segments[found] = segment;
        ordinals[found] = (int) key;
        found++;
    }

    /** The best k of the sorted keys, equal distances by id. */
    private List<Hit> hits(Snapshot snapshot, int k) {
        List<Hit> hits = new ArrayList<>(Math.min(found, k) + 1);
        boolean equal = false;
        float before = Float.NaN;
        for (int i = 0; i < found; i++) {
            if (i >= k && !sameDistance(keys[i], keys[k - 1])) {
                break;
            }
            int place = (int) keys[i];
            float distance = scorer.distance(Scorer.unsortable((int) (keys[i] >> 32)));
            hits.add(hit(snapshot, segments[place], ordinals[place], distance));
            equal |= distance == before;
            before = distance;
        }
        if (equal) {
            hits.sort(BY_DISTANCE_THEN_ID);
        }
        return hits.size() > k ? hits.subList(0, k) : hits;
    }

    private Hit hit(Snapshot snapshot, int number, int ordinal, float distance) {
        float score = spec.metric().score(distance);
        int sealed = snapshot.sealed().size();
        if (number < sealed) {
            SealedPart part = snapshot.sealed().get(number);
            return new Hit(
                    part.segment().id(ordinal), part.segment().version(ordinal), distance, score);
        }
        HotView view = snapshot.hot().get(number - sealed);
        return new Hit(view.id(ordinal), view.version(ordinal), distance, score);
    }

    /** Whether the scratch is small enough to be kept for the next search. */
    boolean worthKeeping() {
        int walks =
                (fused == null ? 0 : fused.heldLongs())
                        + (compact == null ? 0 : compact.heldLongs());
        return hot.heldWords() + 2 * (walks + scan.heldLongs()) + 4 * keys.length
                <= MOST_WORDS_KEPT;
    }
}
