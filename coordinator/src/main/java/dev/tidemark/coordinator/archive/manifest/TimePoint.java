package dev.tidemark.coordinator.archive.manifest;

import java.time.Instant;

/** At this time (of the coordinator's clock) this timestamp (&gt; 0) was the newest one that the oracle had issued. */
public record TimePoint(Instant instant, long timestamp) {
    /** Checks the ranges. */
    public TimePoint {
        Limits.requireInstant("instant", instant);
        Limits.require(timestamp > 0, "timestamp", timestamp, "> 0");
    }
}
