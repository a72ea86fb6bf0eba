package io.vectron.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** As much of a terminal as {@link Screen} uses: what stands on the screen in the end. */
final class TinyTerminal {
    private final List<StringBuilder> rows = new ArrayList<>(List.of(new StringBuilder()));
    private int row;
    private int column;
    private int savedRow;
    private int savedColumn;

    String[] show(String written) {
        for (int at = 0; at < written.length(); at++) {
            char c = written.charAt(at);
            if (c == '\u001b') {
                at = escape(written, at + 1);
            } else if (c == '\r') {
                column = 0;
            } else if (c == '\n') {
                row++;
                column = 0;
                if (row == rows.size()) {
                    rows.add(new StringBuilder());
                }
            } else {
                put(c);
            }
        }
        return rows.stream()
                .map(StringBuilder::toString)
                .filter(line -> !line.isEmpty())
                .toArray(String[]::new);
    }

    private int escape(String written, int at) {
        if (written.startsWith("[2K", at)) {
            rows.get(row).setLength(0);
            return at + 2;
        }
        if (written.startsWith("[1A", at)) {
            row = Math.max(0, row - 1);
            return at + 2;
        }
        if (written.charAt(at) == '7') {
            savedRow = row;
            savedColumn = column;
            return at;
        }
        if (written.charAt(at) == '8') {
            row = savedRow;
            column = savedColumn;
            return at;
        }
        throw new IllegalArgumentException("unknown sequence: " + written.substring(at));
    }

    private void put(char c) {
        StringBuilder line = rows.get(row);
        while (line.length() <= column) {
            line.append(' ');
        }
        line.setCharAt(column, c);
        column++;
    }
}
