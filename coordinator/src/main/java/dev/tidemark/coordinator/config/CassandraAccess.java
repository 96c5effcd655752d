package dev.tidemark.coordinator.config;

import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.cql.CqlSettings.KeyFile;
import java.util.List;

/**
 * How the CQL of a Cassandra cluster is reached.
 *
 * @param contactPoints {@code host:port} of one or more nodes
 * @param localDatacenter the data center whose nodes are asked
 * @param credentials who asks, or null
 * @param tls keys and certificates, or null for connections without encryption
 */
public record CassandraAccess(
        List<String> contactPoints, String localDatacenter, CassandraCredentials credentials, TlsConfiguration tls) {
    /** Returns the settings of the driver; reads passwords. */
    CqlSettings settings(SecretReader secrets) {
        CqlSettings settings = CqlSettings.of(
                contactPoints.stream().map(CassandraLocalNode::address).toList(), localDatacenter);
        if (credentials != null) {
            settings = settings.withCredentials(
                    new CqlSettings.Credentials(credentials.user(), credentials.readPassword(secrets)));
        }
        if (tls != null) {
            settings = settings.withTls(
                    new CqlSettings.Tls(keyFile(tls.trustStore(), secrets), keyFile(tls.keyStore(), secrets)));
        }
        return settings;
    }

    private static KeyFile keyFile(TlsConfiguration.KeyStoreFile store, SecretReader secrets) {
        return store == null ? null : new KeyFile(store.file(), store.readPassword(secrets));
    }
}
