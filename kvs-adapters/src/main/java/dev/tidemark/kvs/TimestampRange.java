package dev.tidemark.kvs;

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

    @Override
    public String toString() {
        return lower + ".." + upper;
    }
}
