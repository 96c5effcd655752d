package dev.tidemark.timestamp.oracle;

import java.time.Duration;
import java.util.List;

/**
 * The oracle of one namespace, as it was at one moment; for people and measurements. Looking issues nothing and ends nothing.
 *
 * @param namespace its name
 * @param lastTimestamp the last timestamp that was issued, or up to which the oracle was moved; before the first one, the bound
 * @param bound the persisted limit, inclusive
 * @param issued how many timestamps were issued since the namespace was opened
 * @param fenceId id of the fence that is up, or empty
 * @param leases how many leases are alive
 * @param oldestLeases some of them, oldest first; empty only if none is alive
 * @param failure why nothing is issued any more, or empty
 */
public record NamespaceView(
        String namespace,
        long lastTimestamp,
        long bound,
        long issued,
        String fenceId,
        int leases,
        List<LeaseView> oldestLeases,
        String failure) {
    /** Makes the view immutable. */
    public NamespaceView {
        oldestLeases = List.copyOf(oldestLeases);
    }

    /** Returns the immutable timestamp: what the oldest lease holds; without leases it keeps up with the last timestamp. */
    public long immutableTimestamp() {
        return oldestLeases.isEmpty() ? lastTimestamp : oldestLeases.get(0).timestamp();
    }

    /** Returns how far the immutable timestamp is behind the last one. */
    public long lag() {
        return Math.max(0, lastTimestamp - immutableTimestamp());
    }

    /** Returns for how long the immutable timestamp has been at or below where it is; zero without leases. */
    public Duration oldestAge() {
        return oldestLeases.isEmpty() ? Duration.ZERO : oldestLeases.get(0).age();
    }

    /** Tells whether nothing is issued any more. */
    public boolean isStopped() {
        return !failure.isEmpty();
    }
}
