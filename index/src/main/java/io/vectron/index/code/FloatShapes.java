package io.vectron.index.code;

import io.vectron.index.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The register shape of floats beside codes; a constant, as in {@link Shapes}. */
final class FloatShapes {

    static final VectorSpecies<Float> SPECIES =
            VectorSpecies.of(
                    float.class, VectorShape.forBitSize(Math.max(4, Lanes.FLOATS) * Float.SIZE));

    private FloatShapes() {}

    static FloatVector load(float[] from, int at) {
        return FloatVector.fromArray(SPECIES, from, at);
    }
}
