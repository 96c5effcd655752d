package dev.tidemark.kvs;

import java.util.ArrayList;
import java.util.List;

/**
 * An interval of timestamps, both ends inclusive, never empty.
 *
 * @param lower first timestamp, &gt;= 1
 * @param upper last timestamp, &gt;= lower
 */
public record TimestampRange(long lower, long upper) {
    /**
     * Checks the ends.
     *
     * @throws IllegalArgumentException when lower is below 1 or above upper
     */
    public TimestampRange {
        if (lower < 1 || upper < lower) {
            throw new IllegalArgumentException(
                    "timestamp range: " + lower + ".." + upper + " (expected: 1 <= lower <= upper)");
        }
    }

    /** Tells whether the timestamp is in the interval. */
    public boolean contains(long timestamp) {
        return timestamp >= lower && timestamp <= upper;
    }

    /** Returns how many timestamps the interval has. */
    public long size() {
        return upper - lower + 1;
    }

    /**
     * Cuts the interval into intervals of about the same size, in ascending order, together exactly this one.
     *
     * @param maxPieces upper limit for their number, &gt;= 1
     */
    public List<TimestampRange> cut(int maxPieces) {
        if (maxPieces < 1) {
            throw new IllegalArgumentException("maxPieces: " + maxPieces + " (expected: >= 1)");
        }
        long step = Math.max(1, size() / maxPieces);
        List<TimestampRange> pieces = new ArrayList<>();
        long first = lower;
        for (int i = 1; i < maxPieces && upper - first >= step; i++) {
            pieces.add(new TimestampRange(first, first + step - 1));
            first += step;
        }
        pieces.add(new TimestampRange(first, upper));
        return pieces;
    }

    @Override
    public String toString() {
        return lower + ".." + upper;
    }
}
