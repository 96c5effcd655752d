package dev.tidemark.kvs.cassandra.cql;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How to reach a Cassandra cluster over CQL.
 *
 * @param contactPoints addresses of one or more nodes; the others are learnt from them
 * @param localDatacenter the data center whose nodes are asked, and to which LOCAL_QUORUM refers
 * @param credentials who is asking, or null for a cluster without authentication
 * @param tls how connections are encrypted, or null for plain ones
 * @param requestTimeout how long one request may take; longer than the cluster's own timeouts, so that it is the cluster that
 *     says which replica did not answer; 1 ms..1 h
 * @param pageSize most rows in one answer, 1..100000
 */
public record CqlSettings(
        List<InetSocketAddress> contactPoints,
        String localDatacenter,
        Credentials credentials,
        Tls tls,
        Duration requestTimeout,
        int pageSize) {
    /** The port of CQL unless somebody changes it. */
    public static final int DEFAULT_PORT = 9042;

    private static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration MIN_REQUEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_REQUEST_TIMEOUT = Duration.ofHours(1);
    private static final int DEFAULT_PAGE_SIZE = 5_000;
    private static final int MAX_PAGE_SIZE = 100_000;

    /**
     * Copies the list and checks the values.
     *
     * @throws IllegalArgumentException when there is no contact point or a value is out of its limits
     */
    public CqlSettings {
        contactPoints = List.copyOf(contactPoints);
        Objects.requireNonNull(localDatacenter, "localDatacenter");
        if (contactPoints.isEmpty()) {
            throw new IllegalArgumentException("contactPoints: none (expected: at least 1)");
        }
        if (localDatacenter.isBlank()) {
            throw new IllegalArgumentException("localDatacenter: '' (expected: the name of a data center)");
        }
        if (requestTimeout.compareTo(MIN_REQUEST_TIMEOUT) < 0 || requestTimeout.compareTo(MAX_REQUEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("requestTimeout: " + requestTimeout + " (expected: 1 ms to 1 h)");
        }
        if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
            throw new IllegalArgumentException("pageSize: " + pageSize + " (expected: 1.." + MAX_PAGE_SIZE + ")");
        }
    }

    /** Returns settings for a cluster without authentication and encryption, with a timeout of 30 s and pages of 5000 rows. */
    public static CqlSettings of(List<InetSocketAddress> contactPoints, String localDatacenter) {
        return new CqlSettings(contactPoints, localDatacenter, null, null, DEFAULT_REQUEST_TIMEOUT, DEFAULT_PAGE_SIZE);
    }

    /** Returns these settings with other credentials. */
    public CqlSettings withCredentials(Credentials other) {
        return new CqlSettings(contactPoints, localDatacenter, other, tls, requestTimeout, pageSize);
    }

    /** Returns these settings with other encryption. */
    public CqlSettings withTls(Tls other) {
        return new CqlSettings(contactPoints, localDatacenter, credentials, other, requestTimeout, pageSize);
    }

    /** Returns these settings with another timeout. */
    public CqlSettings withRequestTimeout(Duration other) {
        return new CqlSettings(contactPoints, localDatacenter, credentials, tls, other, pageSize);
    }

    /** Returns these settings with another size of pages. */
    public CqlSettings withPageSize(int other) {
        return new CqlSettings(contactPoints, localDatacenter, credentials, tls, requestTimeout, other);
    }

    /**
     * A role of the cluster.
     *
     * @param password never printed
     */
    public record Credentials(String user, String password) {
        /** Checks that both are there. */
        public Credentials {
            Objects.requireNonNull(user, "user");
            Objects.requireNonNull(password, "password");
        }

        @Override
        public String toString() {
            return "Credentials[user=" + user + "]";
        }
    }

    /**
     * Encryption of connections. Certificates of nodes must be valid for the nodes' addresses.
     *
     * @param trustStore certificates to trust, a PKCS #12 or JKS file; null for those that the JDK trusts
     * @param keyStore the own certificate and key, or null when nodes don't ask for them
     */
    public record Tls(KeyFile trustStore, KeyFile keyStore) {}

    /**
     * A file with certificates or keys.
     *
     * @param password never printed
     */
    public record KeyFile(Path path, String password) {
        /** Checks that both are there. */
        public KeyFile {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(password, "password");
        }

        @Override
        public String toString() {
            return "KeyFile[path=" + path + "]";
        }
    }
}
