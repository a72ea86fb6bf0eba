package io.vectron.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** A table of text in columns as wide as their widest cell. Used by one thread. */
public final class Table {
    private static final String GAP = "   ";

    private final List<List<String>> rows = new ArrayList<>();

    /** Begins a table with these headings. */
    public Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** Adds a row of as many cells as there are headings. */
    public void row(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException("row of " + cells.length + " cells");
        }
        rows.add(List.of(cells));
    }

    /** The lines of the table, headings first. */
    public List<String> lines() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                line.append(i == 0 ? "" : GAP).append(cell);
                line.repeat(' ', widths[i] - cell.length());
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
