package dev.tidemark.cli.bench.timestamp;

/** Durations in buckets that are 1/32 of their value wide, from 1 ns to hours. Not thread-safe. */
final class LatencyHistogram {
    private static final int PRECISION_BITS = 5;
    private static final int BUCKETS = (Long.SIZE - PRECISION_BITS + 1) << PRECISION_BITS;

    private final long[] counts = new long[BUCKETS];
    private long count;

    void add(long nanos) {
        counts[bucket(Math.max(0, nanos))]++;
        count++;
    }

    void addAll(LatencyHistogram other) {
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
    }

    long count() {
        return count;
    }

    /**
     * Returns the duration that such a part does not exceed, but for the width of a bucket.
     *
     * @param part 0..1
     * @return at least 1 ns; 1 when nothing was added
     */
    long percentileNanos(double part) {
        long wanted = Math.max(1, (long) Math.ceil(part * count));
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return Math.max(1, upperEnd(i));
            }
        }
        return 1;
    }

    private static int bucket(long nanos) {
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(nanos) - PRECISION_BITS - 1);
        return (shift << PRECISION_BITS) + (int) (nanos >>> shift);
    }

    private static long upperEnd(int bucket) {
        int size = 1 << PRECISION_BITS;
        if (bucket < 2 * size) {
            return bucket;
        }
        int shift = (bucket >> PRECISION_BITS) - 1;
        long mantissa = size + (long) (bucket & (size - 1));
        return ((mantissa + 1) << shift) - 1;
    }
}
