package dev.tidemark.timestamp.leader;

import java.time.Duration;

/**
 * What a process says of itself when it wants to lead.
 *
 * @param id as {@link dev.tidemark.timestamp.bound.LeaderRecord#holder}
 * @param address where it answers, for clients; may be empty
 * @param lease how long it may issue without a renewal, 100 ms..1 h, whole milliseconds
 */
public record Candidate(String id, String address, Duration lease) {
    private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);

    /**
     * Checks the lease; the rest is checked when the first record is written.
     *
     * @throws IllegalArgumentException when it is too short
     */
    public Candidate {
        if (lease.compareTo(SHORTEST_LEASE) < 0) {
            throw new IllegalArgumentException("lease: " + lease + " (expected: at least 100 ms)");
        }
    }
}
