package dev.tidemark.timestamp.oracle;

import java.time.Duration;

/**
 * How an oracle behaves.
 *
 * @param leaseDuration how long a lease lives without a refresh, 1 ms..1 h
 * @param ceiling highest timestamp that fast-forward accepts, 1..{@link #MAX_CEILING}
 * @param maxNamespaces how many namespaces can exist, &gt;= 1
 */
public record OracleSettings(Duration leaseDuration, long ceiling, int maxNamespaces) {
    /**
     * The highest ceiling: 2<sup>62</sup>. As many numbers again lie above it, so that no fast-forward, whatever a typing
     * error makes of its target, can use the sequence up.
     */
    public static final long MAX_CEILING = 1L << 62;

    private static final Duration MAX_LEASE_DURATION = Duration.ofHours(1);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public OracleSettings {
        if (leaseDuration.toMillis() < 1 || leaseDuration.compareTo(MAX_LEASE_DURATION) > 0) {
            throw new IllegalArgumentException("leaseDuration: " + leaseDuration + " (expected: 1 ms..1 h)");
        }
        if (ceiling < 1 || ceiling > MAX_CEILING) {
            throw new IllegalArgumentException("ceiling: " + ceiling + " (expected: 1.." + MAX_CEILING + ")");
        }
        if (maxNamespaces < 1) {
            throw new IllegalArgumentException("maxNamespaces: " + maxNamespaces + " (expected: >= 1)");
        }
    }

    /** Returns the defaults: leases of 20 s as in TimeLock, the highest ceiling, 500 namespaces. */
    public static OracleSettings defaults() {
        return new OracleSettings(Duration.ofSeconds(20), MAX_CEILING, 500);
    }

    /** Returns these settings with another lease duration. */
    public OracleSettings withLeaseDuration(Duration newLeaseDuration) {
        return new OracleSettings(newLeaseDuration, ceiling, maxNamespaces);
    }

    /** Returns these settings with another ceiling. */
    public OracleSettings withCeiling(long newCeiling) {
        return new OracleSettings(leaseDuration, newCeiling, maxNamespaces);
    }

    /** Returns these settings with another limit of namespaces. */
    public OracleSettings withMaxNamespaces(int newMaxNamespaces) {
        return new OracleSettings(leaseDuration, ceiling, newMaxNamespaces);
    }
}
