package dev.tidemark.kvs.transaction;

import java.util.Objects;
import java.util.UUID;

/** Names a lease at the oracle; chosen by whoever asks for the lease, so that a repeated request is the same lease. */
public record LeaseToken(UUID requestId) {
    /** Checks that the id is not null. */
    public LeaseToken {
        Objects.requireNonNull(requestId, "requestId");
    }

    @Override
    public String toString() {
        return requestId.toString();
    }
}
