package io.vectron.index;

/** How the nearness of two vectors is measured. */
public enum Metric {
    /** Distance 1 − cosine, score cosine. Vectors are normalised when they are appended. */
    COSINE {
        @Override
        public float score(float distance) {
            return 1f - distance;
        }
    },

    /** Distance −dot, score dot. */
    DOT {
        @Override
        public float score(float distance) {
            return -distance;
        }
    },

    /** Euclidean distance (not squared), score 1 / (1 + distance). */
    EUCLIDEAN {
        @Override
        public float score(float distance) {
            return 1f / (1f + distance);
        }
    };

    /** The score that belongs to a distance: higher is better. */
    public abstract float score(float distance);
}
