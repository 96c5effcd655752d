package dev.tidemark.coordinator.service.leading;

import java.time.Duration;

/**
 * How instances agree on who leads.
 *
 * @param group instances of one group have one leader; letters, digits and dashes, 1..40
 * @param address where others may ask this instance, such as {@code https://backup-1:8443}; empty when it is not told
 * @param lease for how long the leader leads without renewal, 1 s..10 min
 * @param dutyInterval how often the leader looks after its duties
 */
public record LeadingSettings(String group, String address, Duration lease, Duration dutyInterval) {
    private static final Duration MIN_LEASE = Duration.ofSeconds(1);
    private static final Duration MAX_LEASE = Duration.ofMinutes(10);

    /** What applies when nothing is configured. */
    public static final LeadingSettings DEFAULT =
            new LeadingSettings("default", "", Duration.ofSeconds(15), Duration.ofSeconds(1));

    /** Checks the ranges. */
    public LeadingSettings {
        if (!group.matches("[A-Za-z0-9-]{1,40}")) {
            throw new IllegalArgumentException("group: '" + group + "' (expected: 1 to 40 letters, digits and dashes)");
        }
        if (!address.isEmpty() && !address.matches("https?://[^/?#@\\s]+/?")) {
            throw new IllegalArgumentException(
                    "address: '" + address + "' (expected: http:// or https://, a host, and perhaps a port)");
        }
        if (lease.compareTo(MIN_LEASE) < 0 || lease.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException(
                    "leaderLease: " + lease + " (expected: " + MIN_LEASE + " to " + MAX_LEASE + ")");
        }
    }
}
