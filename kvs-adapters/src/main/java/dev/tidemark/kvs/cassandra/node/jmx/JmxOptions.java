package dev.tidemark.kvs.cassandra.node.jmx;

import java.time.Duration;
import java.util.Objects;

/**
 * How to reach the JMX of a node.
 *
 * @param host name or address; an IPv6 address without brackets
 * @param port of the RMI registry, 1..65535
 * @param user empty where the node wants none
 * @param password of the user; never printed
 * @param isTlsUsed whether registry and connection are encrypted; keys and trust are those of the process
 * @param limits how long to wait
 */
public record JmxOptions(String host, int port, String user, String password, boolean isTlsUsed, Limits limits) {
    private static final int MAX_PORT = 65_535;

    /** Checks host and port. */
    public JmxOptions {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(limits, "limits");
        if (host.isEmpty() || port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    "JMX address: '" + host + ":" + port + "' (expected: host and 1..65535)");
        }
    }

    /** Returns the options for a node without authentication and encryption. */
    public static JmxOptions of(String host, int port) {
        return new JmxOptions(host, port, "", "", false, Limits.DEFAULT);
    }

    /** Returns the same with a user. */
    public JmxOptions withUser(String newUser, String newPassword) {
        return new JmxOptions(host, port, newUser, newPassword, isTlsUsed, limits);
    }

    /** Returns the same with encryption. */
    public JmxOptions withTls() {
        return new JmxOptions(host, port, user, password, true, limits);
    }

    /** Returns the same with other limits. */
    public JmxOptions withLimits(Limits newLimits) {
        return new JmxOptions(host, port, user, password, isTlsUsed, newLimits);
    }

    /** Returns host and port as text. */
    public String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return address();
    }

    /**
     * How long to wait for a node.
     *
     * @param question for an answer that the node has at hand, a connection made first included
     * @param snapshot for a snapshot, with writing what is in memory, and for emptying a table: the time of a node's snapshot is known
     *     to within this, so that two nodes' snapshots lie at most this far apart, plus what lies between the calls
     * @param work for what takes as long as there is data: loading, repair and cleanup of one table or keyspace
     */
    public record Limits(Duration question, Duration snapshot, Duration work) {
        /** 15 s, 5 min, 12 h. */
        public static final Limits DEFAULT =
                new Limits(Duration.ofSeconds(15), Duration.ofMinutes(5), Duration.ofHours(12));

        /** Checks that all are positive. */
        public Limits {
            for (Duration limit : new Duration[] {question, snapshot, work}) {
                if (limit.isNegative() || limit.isZero()) {
                    throw new IllegalArgumentException("limit: " + limit + " (expected: > 0)");
                }
            }
        }
    }
}
