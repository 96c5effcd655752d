package dev.tidemark.coordinator.config;

import java.nio.file.Path;

/**
 * Whom this process trusts on the other end of a connection, and how it shows who it is. Holds no secret itself.
 *
 * @param trustStore certificates of the other side, or of who has signed them; null for those that the JDK trusts
 * @param keyStore key and certificate of this process; null where nobody asks for them
 */
public record TlsConfiguration(KeyStoreFile trustStore, KeyStoreFile keyStore) {
    /** Checks that it says something. */
    public TlsConfiguration {
        Required.that(
                trustStore != null || keyStore != null,
                "'tls' is empty (expected: 'trustStore', 'keyStore' or both; without 'tls' the JDK decides whom to trust)");
    }

    /**
     * A PKCS #12 or JKS file.
     *
     * @param file the file
     * @param password where its password comes from, which is that of the key in it too
     */
    public record KeyStoreFile(Path file, TokenConfiguration password) {
        /** Checks that both are there. */
        public KeyStoreFile {
            Required.present("file", file);
            Required.present("password", password);
        }

        /** Reads the password. */
        String readPassword(SecretReader secrets) {
            return secrets.line("password of '" + file + "'", password.file(), password.environment());
        }
    }
}
