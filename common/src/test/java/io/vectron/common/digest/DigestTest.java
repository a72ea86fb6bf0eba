package io.vectron.common.digest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DigestTest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(128);

    private record Row(String id, Hash128 hash) {
        byte[] key() {
            return id.getBytes(UTF_8);
        }
    }

    @Test
    void sumsModulo128Bits() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            // Halves of all ones make every carry happen.
            Hash128 a = new Hash128(random.nextInt(3) - 1, random.nextLong());
            Hash128 b = new Hash128(random.nextInt(3) - 1, random.nextLong());

            assertThat(a.plus(b).toString())
                    .isEqualTo(String.format("%032x", number(a).add(number(b)).mod(MODULUS)));
            assertThat(Hash128.fromBytes(a.toBytes(), 0)).isEqualTo(a);
        }
    }

    @Test
    void forgetsTheOrderAndWhatWasRemoved() {
        List<Row> rows = rows(2_000);
        Digest straight = digest(rows);
        List<Row> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(3));
        DigestAccumulator withDetours = new DigestAccumulator();
        for (Row row : rows(4_000)) {
            withDetours.add(row.key(), row.hash());
        }
        for (Row row : rows(4_000).subList(2_000, 4_000)) {
            withDetours.remove(row.key(), row.hash());
        }

        assertThat(digest(shuffled)).isEqualTo(straight);
        assertThat(withDetours.snapshot()).isEqualTo(straight);
        assertThat(straight.toString()).matches("[0-9a-f]{32}");
        assertThat(straight).isNotEqualTo(digest(rows.subList(1, rows.size())));
    }

    @Test
    void combinesDisjointSets() {
        List<Row> rows = rows(1_000);
        Digest halves = digest(rows.subList(0, 400)).plus(digest(rows.subList(400, 1_000)));

        assertThat(halves).isEqualTo(digest(rows)).hasSameHashCodeAs(digest(rows));
        assertThat(halves.total()).isEqualTo(digest(rows).total());
        assertThat(digest(List.of())).isEqualTo(Digest.EMPTY);
        assertThat(Digest.EMPTY.total()).isEqualTo(Hash128.ZERO);
    }

    @Test
    void goesOnFromItsStoredForm() {
        List<Row> rows = rows(600);
        byte[] stored = digest(rows.subList(0, 300)).toBytes();
        DigestAccumulator resumed = new DigestAccumulator(Digest.fromBytes(stored));
        rows.subList(300, 600).forEach(row -> resumed.add(row.key(), row.hash()));

        assertThat(stored).hasSize(4096);
        assertThat(resumed.snapshot()).isEqualTo(digest(rows));
        assertThatThrownBy(() -> Digest.fromBytes(new byte[4095]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void snapshotsDoNotChange() {
        DigestAccumulator accumulator = new DigestAccumulator();
        Digest before = accumulator.snapshot();
        accumulator.add(new byte[] {1}, new Hash128(1, 1));

        assertThat(before).isEqualTo(Digest.EMPTY).isNotEqualTo(accumulator.snapshot());
    }

    @Test
    void everyPartOfARowCounts() {
        byte[] id = {1, 2};
        byte[] point = {3, 4};
        Set<Hash128> hashes = new HashSet<>();
        hashes.add(RowHash.of(id, 5, point));
        hashes.add(RowHash.of(new byte[] {1, 3}, 5, point));
        hashes.add(RowHash.of(id, 6, point));
        hashes.add(RowHash.of(id, 5, new byte[] {3, 5}));
        hashes.add(RowHash.of(new byte[] {1}, 5, point));

        assertThat(hashes).hasSize(5);
        assertThat(RowHash.of(id, 5, point)).isEqualTo(RowHash.of(id, 5, point));
    }

    @Test
    void bucketIsTheLowByteOfCrc32c() {
        // The check value of CRC-32C is e3069283.
        assertThat(RowHash.bucket("123456789".getBytes(UTF_8))).isEqualTo(0x83);
    }

    private static BigInteger number(Hash128 hash) {
        return new BigInteger(1, reversed(hash.toBytes()));
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    private static Digest digest(List<Row> rows) {
        DigestAccumulator accumulator = new DigestAccumulator();
        rows.forEach(row -> accumulator.add(row.key(), row.hash()));
        return accumulator.snapshot();
    }

    private static List<Row> rows(int count) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] id = ("id" + i).getBytes(UTF_8);
            rows.add(new Row("id" + i, RowHash.of(id, i, new byte[] {(byte) i})));
        }
        return rows;
    }
}
