package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.config.TlsConfiguration.KeyStoreFile;
import dev.tidemark.timestamp.http.OracleTls;
import java.nio.file.Path;

/**
 * Whom this process trusts to be the timestamp service, and how it shows who it is. Holds no secret itself.
 *
 * @param caCertificates PEM file with certificates of the service's servers, or of who has signed them; null where another key, or
 *     the JDK, says whom to trust
 * @param trustStore the same as a key store; null where another key, or the JDK, says whom to trust
 * @param keyStore key and certificate of this process; null where nobody asks for them
 */
public record OracleTlsConfiguration(Path caCertificates, KeyStoreFile trustStore, KeyStoreFile keyStore) {
    /** Checks that it says something, and nothing twice. */
    public OracleTlsConfiguration {
        Required.that(
                caCertificates != null || trustStore != null || keyStore != null,
                "'tls' is empty (expected: 'caCertificates' or 'trustStore', 'keyStore' or both; without 'tls' the JDK decides"
                        + " whom to trust)");
        Required.that(
                caCertificates == null || trustStore == null,
                "'tls' has 'caCertificates' and 'trustStore' (expected: one of them)");
    }

    /** Returns what the client of the service takes; reads passwords. */
    OracleTls client(SecretReader secrets) {
        return new OracleTls(caCertificates, keyFile(trustStore, secrets), keyFile(keyStore, secrets));
    }

    private static OracleTls.KeyFile keyFile(KeyStoreFile store, SecretReader secrets) {
        return store == null ? null : new OracleTls.KeyFile(store.file(), store.readPassword(secrets));
    }
}
