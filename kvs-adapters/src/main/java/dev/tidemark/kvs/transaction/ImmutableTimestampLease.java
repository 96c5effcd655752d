package dev.tidemark.kvs.transaction;

import java.util.Objects;

/**
 * A hold on the immutable timestamp: as long as it is refreshed, the immutable timestamp stays at or below the one that it
 * holds, and garbage collection keeps every version that a reader at or above it needs.
 *
 * @param immutableTimestamp the immutable timestamp when the lease was granted
 */
public record ImmutableTimestampLease(LeaseToken token, long immutableTimestamp) {
    /** Checks that the token is not null. */
    public ImmutableTimestampLease {
        Objects.requireNonNull(token, "token");
    }
}
