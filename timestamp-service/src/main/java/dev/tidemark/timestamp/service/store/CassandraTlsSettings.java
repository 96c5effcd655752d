package dev.tidemark.timestamp.service.store;

import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import java.nio.file.Path;

/**
 * How connections to Cassandra are encrypted. Files are PKCS #12 or JKS; a file's password is that of the key in it, too. Certificates
 * of nodes must be valid for their addresses.
 *
 * @param trustStore certificates of the nodes, or of who has signed them; default: those that the JDK trusts
 * @param trustStorePassword never printed
 * @param keyStore key and certificate of this server, where the nodes ask for them; default none
 * @param keyStorePassword never printed
 */
public record CassandraTlsSettings(Path trustStore, String trustStorePassword, Path keyStore, String keyStorePassword) {
    /**
     * Checks that files and passwords come together.
     *
     * @throws IllegalArgumentException when one is without the other
     */
    public CassandraTlsSettings {
        requireBoth("trustStore", trustStore, trustStorePassword);
        requireBoth("keyStore", keyStore, keyStorePassword);
    }

    private static void requireBoth(String name, Path file, String password) {
        if ((file == null) != (password == null)) {
            throw new IllegalArgumentException(
                    name + " and " + name + "Password: one of them (expected: both, or none)");
        }
    }

    /** Returns what a session takes. */
    CqlSettings.Tls settings() {
        return new CqlSettings.Tls(file(trustStore, trustStorePassword), file(keyStore, keyStorePassword));
    }

    private static CqlSettings.KeyFile file(Path file, String password) {
        return file == null ? null : new CqlSettings.KeyFile(file, password);
    }

    @Override
    public String toString() {
        return "CassandraTlsSettings[trustStore=" + trustStore + ", keyStore=" + keyStore + "]";
    }
}
