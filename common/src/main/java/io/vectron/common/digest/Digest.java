package io.vectron.common.digest;

import java.util.Arrays;

/**
 * Digest of a shard's logical state at one position, immutable: per bucket of ids the sum of the
 * row hashes modulo 2^128. Equal on all replicas and after a replay; buckets that differ say where
 * to look. {@link DigestAccumulator} makes it.
 */
public final class Digest {
    /** Number of buckets. */
    public static final int BUCKETS = 256;

    /** Bytes of the stored form: 16 little-endian bytes a bucket. */
    public static final int BYTES = BUCKETS * Hash128.BYTES;

    /** Digest of no rows. */
    public static final Digest EMPTY = new Digest(new long[2 * BUCKETS]);

    /** Low and high half of each bucket in turn; never written after construction. */
    private final long[] halves;

    Digest(long[] halves) {
        this.halves = halves;
    }

    /**
     * Reads the stored form.
     *
     * @throws IllegalArgumentException if there are not exactly {@link #BYTES} bytes
     */
    public static Digest fromBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a digest has not " + bytes.length + " bytes");
        }
        long[] halves = new long[2 * BUCKETS];
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            Hash128 sum = Hash128.fromBytes(bytes, bucket * Hash128.BYTES);
            halves[2 * bucket] = sum.low();
            halves[2 * bucket + 1] = sum.high();
        }
        return new Digest(halves);
    }

    /** The stored form, {@link #BYTES} bytes. */
    public byte[] toBytes() {
        byte[] bytes = new byte[BYTES];
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            bucket(bucket).writeTo(bytes, bucket * Hash128.BYTES);
        }
        return bytes;
    }

    /** Sum of one bucket, 0 to 255. */
    public Hash128 bucket(int bucket) {
        return new Hash128(halves[2 * bucket], halves[2 * bucket + 1]);
    }

    /** Sum over all buckets; as text the digest that people compare. */
    public Hash128 total() {
        Hash128 total = Hash128.ZERO;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            total = total.plus(bucket(bucket));
        }
        return total;
    }

    /** Digest of two disjoint sets of rows together. */
    public Digest plus(Digest other) {
        long[] sum = new long[2 * BUCKETS];
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            Hash128 both = bucket(bucket).plus(other.bucket(bucket));
            sum[2 * bucket] = both.low();
            sum[2 * bucket + 1] = both.high();
        }
        return new Digest(sum);
    }

    long[] copyOfHalves() {
        return halves.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest digest && Arrays.equals(halves, digest.halves);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(halves);
    }

    /** The total, 32 hexadecimal digits. */
    @Override
    public String toString() {
        return total().toString();
    }
}
