package io.vectron.standalone.run;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long each part took to start, from when what it waits for was there. Parts start at the same
 * time, so these add up to more than the whole.
 *
 * @param whole from the call to the last part
 */
public record StartTimes(Map<Piece, Duration> pieces, Duration whole) {
    /** Copies the map, in the order of {@link Piece}. */
    public StartTimes {
        pieces = java.util.Collections.unmodifiableMap(new EnumMap<>(pieces));
    }
}
