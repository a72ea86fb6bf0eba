package io.vectron.common.digest;

/** Digest of a changing state. Not thread-safe: the applier owns it, readers take a snapshot. */
public final class DigestAccumulator {
    /** Low and high half of each bucket in turn. */
    private final long[] halves;

    /** No rows. */
    public DigestAccumulator() {
        this(Digest.EMPTY);
    }

    /** Goes on from a stored digest. */
    public DigestAccumulator(Digest start) {
        halves = start.copyOfHalves();
    }

    /** Adds a row that appears. */
    public void add(byte[] id, Hash128 rowHash) {
        int at = 2 * RowHash.bucket(id);
        long low = halves[at] + rowHash.low();
        long carry = Long.compareUnsigned(low, rowHash.low()) < 0 ? 1 : 0;
        halves[at] = low;
        halves[at + 1] += rowHash.high() + carry;
    }

    /** Removes a row that was added. */
    public void remove(byte[] id, Hash128 rowHash) {
        int at = 2 * RowHash.bucket(id);
        long borrow = Long.compareUnsigned(halves[at], rowHash.low()) < 0 ? 1 : 0;
        halves[at] -= rowHash.low();
        halves[at + 1] -= rowHash.high() + borrow;
    }

    /** The digest now. */
    public Digest snapshot() {
        return new Digest(halves.clone());
    }
}
