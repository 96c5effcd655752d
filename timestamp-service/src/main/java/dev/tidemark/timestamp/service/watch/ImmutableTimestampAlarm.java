package dev.tidemark.timestamp.service.watch;

import dev.tidemark.timestamp.oracle.LeaseView;
import dev.tidemark.timestamp.oracle.NamespaceView;
import dev.tidemark.timestamp.oracle.OracleHost;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when a lease holds an immutable timestamp back for too long: nothing that was overwritten since can be swept meanwhile. It ends
 * when the oldest lease that is alive is younger than the limit, or none is alive. Thread-safe.
 */
public final class ImmutableTimestampAlarm {
    private static final Logger LOG = LoggerFactory.getLogger(ImmutableTimestampAlarm.class);

    private final OracleHost host;
    private final Duration limit;

    /** What the log was told of, by namespace. */
    private final Map<String, LeaseView> told = new TreeMap<>();

    /** @param limit age of a lease from which on it is an alarm */
    public ImmutableTimestampAlarm(OracleHost host, Duration limit) {
        this.host = host;
        this.limit = limit;
    }

    /** Returns the age of a lease from which on it is an alarm. */
    public Duration limit() {
        return limit;
    }

    /** Returns the leases that hold immutable timestamps back for too long at this moment, the oldest one of each namespace. */
    public SortedMap<String, LeaseView> holders() {
        SortedMap<String, LeaseView> holders = new TreeMap<>();
        for (NamespaceView view : host.views(1)) {
            if (view.leases() > 0 && view.oldestAge().compareTo(limit) >= 0) {
                holders.put(view.namespace(), view.oldestLeases().get(0));
            }
        }
        return holders;
    }

    /** Writes to the log what has changed since the last call. */
    public synchronized void look() {
        SortedMap<String, LeaseView> holders = holders();
        holders.forEach((namespace, lease) -> {
            LeaseView before = told.put(namespace, lease);
            if (before == null || !before.token().equals(lease.token())) {
                LOG.warn(
                        "the immutable timestamp of namespace '{}' stands still at {}: lease '{}' is {} s old",
                        namespace,
                        lease.timestamp(),
                        lease.token(),
                        lease.age().toSeconds());
            }
        });
        told.entrySet().removeIf(entry -> {
            boolean hasEnded = !holders.containsKey(entry.getKey());
            if (hasEnded) {
                LOG.info(
                        "the immutable timestamp of namespace '{}' moves again: lease '{}' has ended",
                        entry.getKey(),
                        entry.getValue().token());
            }
            return hasEnded;
        });
    }
}
