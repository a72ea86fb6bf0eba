package io.vectron.index;

import java.util.Random;

/** What the model tests drive: an index, or one with a planted bug. */
interface IndexPort extends AutoCloseable {

    void upsert(String id, long born, float[] vector);

    void delete(String id, long offset);

    void publish(long position);

    void cut();

    SearchResult search(SearchQuery query);

    IndexStats stats();

    /** The process ends and another one begins: answers the position it begins at. */
    long crash(Random random);

    /** Calls of the owner that fail. */
    void failNext(int calls);

    @Override
    void close();

    /** The real thing in a folder. */
    static IndexPort of(Opener opener, Helpers helpers) {
        return new IndexPort() {
            private final OwnerModel owner = new OwnerModel();
            private VectorIndex index = opener.open(owner);

            @Override
            public void upsert(String id, long born, float[] vector) {
                owner.upsert(index, id, born, vector);
            }

            @Override
            public void delete(String id, long offset) {
                owner.delete(index, id, offset);
            }

            @Override
            public void publish(long position) {
                owner.publish(index, position);
            }

            @Override
            public void cut() {
                index.cut();
            }

            @Override
            public SearchResult search(SearchQuery query) {
                return index.search(query, helpers);
            }

            @Override
            public IndexStats stats() {
                return index.stats();
            }

            @Override
            public long crash(Random random) {
                index.close();
                long position = owner.crash(random);
                index = opener.open(owner);
                owner.restore(index, position);
                return position;
            }

            @Override
            public void failNext(int calls) {
                owner.failNext(calls);
            }

            @Override
            public void close() {
                index.close();
            }
        };
    }

    /** Opens the index of a folder. */
    @FunctionalInterface
    interface Opener {
        VectorIndex open(IndexOwner owner);
    }
}
