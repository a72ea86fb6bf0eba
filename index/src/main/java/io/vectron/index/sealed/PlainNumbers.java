package io.vectron.index.sealed;

import static io.vectron.index.sealed.SegmentFormat.LONG;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Numbers of eight bytes each, as format 1 has them. */
record PlainNumbers(MemorySegment table) implements Numbers {

    @Override
    public long at(int place) {
        return table.get(LONG, writtenAt(place));
    }

    @Override
    public long writtenAt(int place) {
        return (long) place * Long.BYTES;
    }

    @Override
    public void check(Path file, long tableAt) {} // its length is all that there is to know
}
