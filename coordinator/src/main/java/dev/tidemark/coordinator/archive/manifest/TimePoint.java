package dev.tidemark.coordinator.archive.manifest;

import java.time.Instant;

/**
 * Every timestamp at or below this one (&gt; 0) was issued at or before this time, of the oracle's clock or, for the backup
 * timestamp, of the coordinator's.
 */
public record TimePoint(Instant instant, long timestamp) {
    /** Checks the ranges. */
    public TimePoint {
        Limits.requireInstant("instant", instant);
        Limits.require(timestamp > 0, "timestamp", timestamp, "> 0");
    }
}
