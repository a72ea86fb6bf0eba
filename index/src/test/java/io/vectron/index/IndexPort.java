package io.vectron.index;

/** What the model tests drive: an index, or one with a planted bug. */
interface IndexPort extends AutoCloseable {

    void upsert(String id, long born, float[] vector);

    void delete(String id, long offset);

    void publish(long position);

    SearchResult search(SearchQuery query);

    IndexStats stats();

    @Override
    void close();

    /** The real thing. */
    static IndexPort of(VectorIndex index) {
        return new IndexPort() {
            @Override
            public void upsert(String id, long born, float[] vector) {
                index.upsert(id, born, vector);
            }

            @Override
            public void delete(String id, long offset) {
                index.delete(id, offset);
            }

            @Override
            public void publish(long position) {
                index.publish(position);
            }

            @Override
            public SearchResult search(SearchQuery query) {
                return index.search(query);
            }

            @Override
            public IndexStats stats() {
                return index.stats();
            }

            @Override
            public void close() {
                index.close();
            }
        };
    }
}
