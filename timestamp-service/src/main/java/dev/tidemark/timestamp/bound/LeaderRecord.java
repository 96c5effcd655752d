package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.OracleLimits;
import java.time.Duration;

/**
 * Who may issue timestamps from a store that several processes have open: one record for all of its namespaces. It is replaced
 * by its holder as long as that one lives, and by another candidate when it has stood still for longer than its lease.
 *
 * @param epoch &gt;= 1, one higher with each holder
 * @param renewal &gt;= 0, higher with each record that a holder tries to write, so that no two are alike
 * @param holder id of the process, 1..100 characters of {@code A-Z a-z 0-9 _ . : -}; another one after each start
 * @param address where the holder answers, for clients and for people; empty when it did not say
 * @param lease how long the holder may issue after it began to write this record, 1 ms..1 h, whole milliseconds
 * @param isReleased whether the holder has given the lease up: it issues nothing any more
 */
public record LeaderRecord(
        long epoch, long renewal, String holder, String address, Duration lease, boolean isReleased) {
    private static final Duration MAX_LEASE = Duration.ofHours(1);
    private static final int MAX_ADDRESS_LENGTH = 1000;

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public LeaderRecord {
        if (epoch < 1) {
            throw new IllegalArgumentException("epoch: " + epoch + " (expected: >= 1)");
        }
        if (renewal < 0) {
            throw new IllegalArgumentException("renewal: " + renewal + " (expected: >= 0)");
        }
        if (!OracleLimits.isFenceId(holder)) {
            throw new IllegalArgumentException("holder: '" + holder + "' (expected: 1..100 of A-Z a-z 0-9 _ . : -)");
        }
        if (address.length() > MAX_ADDRESS_LENGTH) {
            throw new IllegalArgumentException(
                    "address: " + address.length() + " characters (expected: at most " + MAX_ADDRESS_LENGTH + ")");
        }
        if (lease.toMillis() < 1 || lease.compareTo(MAX_LEASE) > 0 || lease.toNanosPart() % 1_000_000 != 0) {
            throw new IllegalArgumentException("lease: " + lease + " (expected: 1 ms..1 h, whole milliseconds)");
        }
    }

    /** Returns the record with which its holder goes on. */
    public LeaderRecord renewed(long nextRenewal) {
        return new LeaderRecord(epoch, nextRenewal, holder, address, lease, false);
    }

    /** Returns the record with which its holder gives the lease up. */
    public LeaderRecord released(long nextRenewal) {
        return new LeaderRecord(epoch, nextRenewal, holder, address, lease, true);
    }

    /** Says who it is, for messages. */
    public String describe() {
        return "'" + holder + "'" + (address.isEmpty() ? "" : " at " + address) + " in epoch " + epoch;
    }
}
