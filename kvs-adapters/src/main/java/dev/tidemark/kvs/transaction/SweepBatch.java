package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Cell;
import java.util.Objects;

/**
 * What one batch of a sweep did and where the next one begins.
 *
 * @param next first cell of the next batch, or null when the table is done
 */
public record SweepBatch(SweepReport report, Cell next) {
    /** Checks that there is a report. */
    public SweepBatch {
        Objects.requireNonNull(report, "report");
    }
}
