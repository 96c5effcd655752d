package dev.tidemark.timestamp.service.store;

import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import io.dropwizard.util.Duration;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What all settings say alike of how a Cassandra cluster is reached. */
final class CassandraAccess {
    private static final Pattern ADDRESS = Pattern.compile("(.+):([0-9]{1,5})");
    private static final Pattern KEYSPACE = Pattern.compile("[A-Za-z0-9_]{1,48}");
    private static final int MAX_PORT = 65_535;
    private static final int MAX_TIMEOUT_MINUTES = 30;
    private static final int PAGE_ROWS = 5_000;

    private CassandraAccess() {}

    /**
     * Checks the values.
     *
     * @param contactPoints {@code host:port} each
     * @param user null for a cluster without authentication, like the password
     * @throws IllegalArgumentException when one is out of range
     */
    static void check(List<String> contactPoints, String user, String password, Duration requestTimeout) {
        contactPoints.forEach(CassandraAccess::address);
        if ((user == null) != (password == null)) {
            throw new IllegalArgumentException(
                    "user and password: one of them (expected: both, or none for a cluster without authentication)");
        }
        if (requestTimeout.toMilliseconds() < 1 || requestTimeout.toMinutes() > MAX_TIMEOUT_MINUTES) {
            throw new IllegalArgumentException(
                    "requestTimeout: " + requestTimeout + " (expected: 1 ms.." + MAX_TIMEOUT_MINUTES + " min)");
        }
    }

    /**
     * Checks the name of a keyspace; a null is found by others.
     *
     * @throws IllegalArgumentException when Cassandra has no such names
     */
    static void checkKeyspace(String keyspace) {
        if (keyspace != null && !KEYSPACE.matcher(keyspace).matches()) {
            throw new IllegalArgumentException("keyspace: '" + keyspace + "' (expected: 1 to 48 of A-Z a-z 0-9 _)");
        }
    }

    /** Returns what a session takes. */
    static CqlSettings settings(
            List<String> contactPoints,
            String localDatacenter,
            String user,
            String password,
            CassandraTlsSettings tls,
            Duration requestTimeout) {
        return new CqlSettings(
                contactPoints.stream().map(CassandraAccess::address).toList(),
                localDatacenter,
                user == null ? null : new CqlSettings.Credentials(user, password),
                tls == null ? null : tls.settings(),
                requestTimeout.toJavaDuration(),
                PAGE_ROWS);
    }

    private static InetSocketAddress address(String text) {
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches() || Integer.parseInt(address.group(2)) > MAX_PORT) {
            throw new IllegalArgumentException("contactPoints: '" + text + "' (expected: host:port)");
        }
        return new InetSocketAddress(address.group(1), Integer.parseInt(address.group(2)));
    }
}
