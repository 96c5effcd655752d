package dev.tidemark.timestamp.oracle;

import dev.tidemark.timestamp.OracleLimits;
import java.time.Duration;

/**
 * How an oracle behaves.
 *
 * @param leaseDuration how long a lease lives without a refresh, 1 ms..1 h
 * @param ceiling highest timestamp that fast-forward accepts, 1..{@link OracleLimits#MAX_FAST_FORWARD}
 * @param maxNamespaces how many namespaces can exist, &gt;= 1
 * @param timeIndexInterval time between two points of the time index, 1 s..1 h
 */
public record OracleSettings(Duration leaseDuration, long ceiling, int maxNamespaces, Duration timeIndexInterval) {
    /** The time between two points of the time index, unless said otherwise. */
    public static final Duration TIME_INDEX_INTERVAL = Duration.ofSeconds(1);

    private static final Duration MAX_LEASE_DURATION = Duration.ofHours(1);
    private static final Duration MAX_TIME_INDEX_INTERVAL = Duration.ofHours(1);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public OracleSettings {
        if (leaseDuration.toMillis() < 1 || leaseDuration.compareTo(MAX_LEASE_DURATION) > 0) {
            throw new IllegalArgumentException("leaseDuration: " + leaseDuration + " (expected: 1 ms..1 h)");
        }
        if (ceiling < 1 || ceiling > OracleLimits.MAX_FAST_FORWARD) {
            throw new IllegalArgumentException(
                    "ceiling: " + ceiling + " (expected: 1.." + OracleLimits.MAX_FAST_FORWARD + ")");
        }
        if (maxNamespaces < 1) {
            throw new IllegalArgumentException("maxNamespaces: " + maxNamespaces + " (expected: >= 1)");
        }
        if (timeIndexInterval.compareTo(TIME_INDEX_INTERVAL) < 0
                || timeIndexInterval.compareTo(MAX_TIME_INDEX_INTERVAL) > 0) {
            throw new IllegalArgumentException("timeIndexInterval: " + timeIndexInterval + " (expected: 1 s..1 h)");
        }
    }

    /** Creates settings with a point of the time index every second; see the record for the ranges. */
    public OracleSettings(Duration leaseDuration, long ceiling, int maxNamespaces) {
        this(leaseDuration, ceiling, maxNamespaces, TIME_INDEX_INTERVAL);
    }

    /** Returns the defaults: leases of 20 s as in TimeLock, the highest ceiling, 500 namespaces, a point every second. */
    public static OracleSettings defaults() {
        return new OracleSettings(Duration.ofSeconds(20), OracleLimits.MAX_FAST_FORWARD, 500);
    }

    /** Returns these settings with another lease duration. */
    public OracleSettings withLeaseDuration(Duration newLeaseDuration) {
        return new OracleSettings(newLeaseDuration, ceiling, maxNamespaces, timeIndexInterval);
    }

    /** Returns these settings with another ceiling. */
    public OracleSettings withCeiling(long newCeiling) {
        return new OracleSettings(leaseDuration, newCeiling, maxNamespaces, timeIndexInterval);
    }

    /** Returns these settings with another limit of namespaces. */
    public OracleSettings withMaxNamespaces(int newMaxNamespaces) {
        return new OracleSettings(leaseDuration, ceiling, newMaxNamespaces, timeIndexInterval);
    }

    /** Returns these settings with another time between two points of the time index. */
    public OracleSettings withTimeIndexInterval(Duration newTimeIndexInterval) {
        return new OracleSettings(leaseDuration, ceiling, maxNamespaces, newTimeIndexInterval);
    }
}
