package io.vectron.index.code;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Tables of codes for tests. */
final class CodeTables {
    private CodeTables() {}

    /** Codes that lie one after the other. */
    static CodeTable of(Arena arena, byte[] codes, int bytes) {
        int rows = codes.length / bytes;
        CodeTable table = new CodeTable(arena, bytes, Math.max(1, rows));
        for (int row = 0; row < rows; row++) {
            table.set(row, MemorySegment.ofArray(codes), (long) row * bytes);
        }
        return table;
    }
}
