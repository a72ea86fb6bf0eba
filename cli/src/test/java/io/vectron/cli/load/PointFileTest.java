package io.vectron.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.cli.client.CommandException;
import io.vectron.cli.load.PointSource.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PointFileTest {
    private static final PointFile.Reading READING = new PointFile.Reading("r", "", 0);

    @TempDir Path folder;

    @Test
    void readsRowsOfTheBenchmarks() throws IOException {
        ByteBuffer halves = head(2, 2).putShort(half(0.5f)).putShort(half(-2));
        halves.putShort(half(3)).putShort(half(4));
        assertThat(read(file("a.f16bin", halves), READING))
                .containsExactly("0 r0 [0.5, -2.0]", "1 r1 [3.0, 4.0]");
        ByteBuffer bytes = head(1, 3).put((byte) 0).put((byte) 127).put((byte) 255);
        assertThat(read(file("a.u8bin", bytes), READING))
                .containsExactly("0 r0 [0.0, 127.0, 255.0]");
        ByteBuffer floats = head(2, 1).putFloat(1.5f).putFloat(2.5f);
        assertThat(read(file("a.fbin", floats), new PointFile.Reading("", "", 1)))
                .containsExactly("1 1 [2.5]");
    }

    @Test
    void rowsOfMoreThanOneBlockAreAllRead() throws IOException {
        int rows = 3_000;
        int columns = 100;
        ByteBuffer floats = ByteBuffer.allocate(8 + rows * columns * 4);
        floats.order(ByteOrder.LITTLE_ENDIAN).putInt(rows).putInt(columns);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                floats.putFloat(row);
            }
        }
        List<String> read = read(file("a.fbin", floats), READING);
        assertThat(read).hasSize(rows);
        for (int row = 0; row < rows; row++) {
            assertThat(read.get(row)).startsWith(row + " r" + row + " [" + (float) row + ", ");
        }
    }

    @Test
    void readsTablesOfNumpy() throws IOException {
        ByteBuffer little = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        little.putDouble(1).putDouble(2.5);
        assertThat(read(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", little)))
                .containsExactly("0 r0 [1.0, 2.5]");
        ByteBuffer big = ByteBuffer.allocate(8).putFloat(1).putFloat(2);
        assertThat(read(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 1), }", big)))
                .containsExactly("0 r0 [1.0]", "1 r1 [2.0]");
    }

    @Test
    void whatIsNoTableOfNumbersIsRefused() throws IOException {
        ByteBuffer none = ByteBuffer.allocate(8);
        refused(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }", none), "Fortran");
        refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", none), "no table");
        refused(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1, 1), }", none), "i8");
        refused(
                npy("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }", none),
                "no plain");
        refused(file("b.npy", ByteBuffer.allocate(64)), "does not begin like one");
    }

    @Test
    void aFileOfAnotherSizeThanItsHeadSaysIsRefused() throws IOException {
        refused(file("a.f16bin", head(2, 2).putShort(half(1))), "should have 16 bytes");
        refused(file("b.fbin", head(-1, 16_384)), "should have");
        refused(file("c.fbin", head(1, 0)), "0 columns");
        refused(file("d.fbin", head(1, 16_385)), "16385 columns");
    }

    @Test
    void aNameThatTellsNoKindIsRefused() {
        assertThatThrownBy(() -> PointFile.of(Path.of("points.csv")))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("--format");
        assertThat(PointFile.of(Path.of("POINTS.F16BIN"))).isEqualTo(PointFile.F16BIN);
    }

    @Test
    void linesKeepTheirNumbers() throws IOException {
        String text = "\n{\"id\":\"a\",\"vector\":[1]}\r\n  \njunk\n{\"id\":\"b\",\"vector\":[2]}";
        assertThat(items(lines(text, 0)))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("1 a"),
                        second -> assertThat(second).startsWith("3 bad: json_malformed"),
                        third -> assertThat(third).startsWith("4 b"));
        assertThat(items(lines(text, 4))).hasSize(1).allMatch(item -> item.startsWith("4 b"));
        assertThat(items(lines(text, 100))).isEmpty();
    }

    @Test
    void aLineWithoutAnEndDoesNotFillTheMemory() throws IOException {
        String text = "x".repeat(JsonLinesSource.LINE_BYTES + 1) + "\n{\"id\":\"a\"}";
        assertThat(items(lines(text, 0)))
                .containsExactly("0 bad: longer than 3686400 bytes", "1 a []");
    }

    private static PointSource lines(String text, long skip) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        JsonLinesSource source = new JsonLinesSource(new ByteArrayInputStream(bytes), bytes.length);
        source.skip(skip);
        return source;
    }

    private List<String> read(Path file) throws IOException {
        return read(file, READING);
    }

    private static List<String> read(Path file, PointFile.Reading reading) throws IOException {
        return items(PointFile.of(file).open(file, reading));
    }

    private static List<String> items(PointSource source) throws IOException {
        List<String> items = new ArrayList<>();
        try (source) {
            for (Item item = source.next(); item != null; item = source.next()) {
                items.add(
                        switch (item) {
                            case Item.Good good -> {
                                var vectors = good.point().getPoint().getVectorsList();
                                yield good.at()
                                        + " "
                                        + good.point().getId()
                                        + " "
                                        + (vectors.isEmpty()
                                                ? "[]"
                                                : vectors.getFirst().getF32().getValuesList());
                            }
                            case Item.Bad bad -> bad.at() + " bad: " + bad.reason();
                        });
            }
        }
        return items;
    }

    private void refused(Path file, String why) {
        assertThatThrownBy(() -> read(file)).hasMessageContaining(why);
    }

    private static ByteBuffer head(int rows, int columns) {
        return ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putInt(rows).putInt(columns);
    }

    private static short half(float value) {
        return Float.floatToFloat16(value);
    }

    private Path npy(String description, ByteBuffer rows) throws IOException {
        byte[] head = (description + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file =
                ByteBuffer.allocate(10 + head.length + rows.capacity())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put((byte) 0x93)
                        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                        .put((byte) 1)
                        .put((byte) 0)
                        .putShort((short) head.length)
                        .put(head)
                        .put(rows.duplicate().rewind());
        return file("table.npy", file);
    }

    /** Writes what was put into the buffer. */
    private Path file(String name, ByteBuffer content) throws IOException {
        byte[] bytes = new byte[content.position() == 0 ? content.capacity() : content.position()];
        content.get(0, bytes);
        return Files.write(folder.resolve(name), bytes);
    }
}
