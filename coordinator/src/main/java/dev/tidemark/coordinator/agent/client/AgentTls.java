package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom a coordinator trusts to be its agents, and how it shows who it is. Both are PKCS #12 or JKS files.
 *
 * @param trustStore certificates of the agents, or of who has signed them; null for those that the JDK trusts
 * @param trustStorePassword its password; null when there is no trust store
 * @param keyStore key and certificate of the coordinator; null when agents ask for none
 * @param keyStorePassword its password; null when there is no key store
 */
public record AgentTls(Path trustStore, String trustStorePassword, Path keyStore, String keyStorePassword) {
    /** Trusts whom the JDK trusts, and shows nothing. */
    public static final AgentTls DEFAULT = new AgentTls(null, null, null, null);

    /** Checks that each store has a password. */
    public AgentTls {
        if ((trustStore == null) != (trustStorePassword == null) || (keyStore == null) != (keyStorePassword == null)) {
            throw new IllegalArgumentException("TLS: a store without a password (expected: both or none)");
        }
    }

    /**
     * Reads the stores.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when one can't be read with its password
     */
    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            if (keyStore != null) {
                keys.init(load(keyStore, keyStorePassword), keyStorePassword.toCharArray());
            }
            trust.init(trustStore == null ? null : load(trustStore, trustStorePassword));
            context.init(keyStore == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the certificates for TLS with agents can't be used: " + e.getMessage(),
                    "Check trust store and key store.",
                    e);
        }
    }

    private static KeyStore load(Path file, String password) throws GeneralSecurityException {
        try {
            return KeyStore.getInstance(file.toFile(), password.toCharArray());
        } catch (IOException | IllegalArgumentException e) { // the latter when there is no such file
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "key store '" + file + "' can't be read: " + e.getMessage(),
                    "Check that it is a PKCS #12 or JKS file and that its password is right.",
                    e);
        }
    }

    @Override
    public String toString() {
        return "AgentTls[trustStore=" + trustStore + ", keyStore=" + keyStore + "]";
    }
}
