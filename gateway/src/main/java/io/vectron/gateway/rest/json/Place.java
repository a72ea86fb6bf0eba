package io.vectron.gateway.rest.json;

import org.jspecify.annotations.Nullable;

/**
 * Where we are in a body, for errors. Written out only when there is one.
 *
 * @param outer what it lies in; null at the top
 * @param name of the field; null for an element of a list
 * @param index of the element; -1 for a field
 */
record Place(@Nullable Place outer, @Nullable String name, int index) {

    private static final int SHOWN_CHARACTERS = 64;

    /** A field of the body. */
    static Place field(@Nullable Place outer, String name) {
        return new Place(outer, name, -1);
    }

    /** An element of this list. */
    Place element(int at) {
        return new Place(this, null, at);
    }

    /** As in {@code points[3].id}. */
    @Override
    public String toString() {
        if (name == null) {
            return outer + "[" + index + "]";
        }
        String shown =
                name.length() <= SHOWN_CHARACTERS
                        ? name
                        : name.substring(0, SHOWN_CHARACTERS) + "…";
        return outer == null ? shown : outer + "." + shown;
    }
}
