package dev.tidemark.kvs.transaction;

import java.time.Duration;

/**
 * How gently a sweeper works.
 *
 * @param maxVersionsPerBatch versions after which a batch ends at the next cell, &gt;= 1; one batch must be over within the
 *     duration of a lease
 * @param maxDeletionsPerBatch versions that one batch deletes at most, &gt;= 1
 * @param pause wait between two batches, &gt;= 0
 */
public record SweepOptions(int maxVersionsPerBatch, int maxDeletionsPerBatch, Duration pause) {
    /** Checks the limits. */
    public SweepOptions {
        if (maxVersionsPerBatch < 1 || maxDeletionsPerBatch < 1) {
            throw new IllegalArgumentException("versions and deletions per batch: " + maxVersionsPerBatch + ", "
                    + maxDeletionsPerBatch + " (expected: >= 1)");
        }
        if (pause.isNegative()) {
            throw new IllegalArgumentException("pause: " + pause + " (expected: >= 0)");
        }
    }

    /** Returns batches of 10,000 versions and 2,000 deletions without a pause. */
    public static SweepOptions defaults() {
        return new SweepOptions(10_000, 2_000, Duration.ZERO);
    }
}
