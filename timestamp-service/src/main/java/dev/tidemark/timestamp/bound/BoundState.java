package dev.tidemark.timestamp.bound;

import dev.tidemark.timestamp.OracleLimits;
import java.util.Optional;

/**
 * The durable state of one namespace's oracle.
 *
 * @param epoch of the leader that has written it, &gt;= 0, never lowered; 0 where only one process can have the store open
 * @param bound upper limit, inclusive, of every timestamp ever issued, 0..{@link #MAX_BOUND}
 * @param fenceId id of the restore that has fenced the namespace, 1..100 characters of {@code A-Z a-z 0-9 _ . : -}; empty
 *     when there is no fence
 */
public record BoundState(long epoch, long bound, String fenceId) {
    /** The highest bound; far enough from the end of the numbers that no sum of two windows can overflow. */
    public static final long MAX_BOUND = Long.MAX_VALUE - (1L << 32);

    /** The state of a namespace from which nothing was issued. */
    public static final BoundState INITIAL = new BoundState(0, 0, "");

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public BoundState {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch: " + epoch + " (expected: >= 0)");
        }
        if (bound < 0 || bound > MAX_BOUND) {
            throw new IllegalArgumentException("bound: " + bound + " (expected: 0.." + MAX_BOUND + ")");
        }
        if (!fenceId.isEmpty() && !OracleLimits.isFenceId(fenceId)) {
            throw new IllegalArgumentException(
                    "fence id: '" + fenceId + "' (expected: up to 100 of A-Z a-z 0-9 _ . : -)");
        }
    }

    /** Returns the id of the fence that is up. */
    public Optional<String> fence() {
        return fenceId.isEmpty() ? Optional.empty() : Optional.of(fenceId);
    }

    /** Returns this state as a leader of another epoch takes it over. */
    public BoundState withEpoch(long newEpoch) {
        return new BoundState(newEpoch, bound, fenceId);
    }

    /** Returns this state with another bound. */
    public BoundState withBound(long newBound) {
        return new BoundState(epoch, newBound, fenceId);
    }

    /** Returns this state with a fence, or with none if the id is empty. */
    public BoundState withFenceId(String newFenceId) {
        return new BoundState(epoch, bound, newFenceId);
    }
}
