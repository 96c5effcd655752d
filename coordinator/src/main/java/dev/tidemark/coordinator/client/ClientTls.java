package dev.tidemark.coordinator.client;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom a client trusts to be the service, and how it shows who it is.
 *
 * @param authority certificates of the service, or of who has signed them, as PEM; null for those that the JDK trusts
 * @param keyStore key and certificate of the caller, as PKCS #12; null for none
 * @param keyStorePassword its password; null when there is no key store
 */
public record ClientTls(Path authority, Path keyStore, String keyStorePassword) {
    /** Trusts whom the JDK trusts, and shows nothing. */
    public static final ClientTls DEFAULT = new ClientTls(null, null, null);

    /** Checks that the key store has a password. */
    public ClientTls {
        if ((keyStore == null) != (keyStorePassword == null)) {
            throw new IllegalArgumentException("TLS: a key store without a password (expected: both or none)");
        }
    }

    /**
     * Reads the files.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when one can't be used
     */
    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            if (keyStore != null) {
                keys.init(loadKeys(), keyStorePassword.toCharArray());
            }
            trust.init(authority == null ? null : loadAuthority());
            context.init(keyStore == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable("the certificates for TLS", e);
        }
    }

    private KeyStore loadKeys() throws GeneralSecurityException {
        try (InputStream file = Files.newInputStream(keyStore)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(file, keyStorePassword.toCharArray());
            return keys;
        } catch (IOException e) {
            throw unusable("the key store '" + keyStore + "'", e);
        }
    }

    private KeyStore loadAuthority() throws GeneralSecurityException {
        try (InputStream file = Files.newInputStream(authority)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(file)) {
                trusted.setCertificateEntry("authority-" + ++number, certificate);
            }
            if (number == 0) {
                throw new IOException("it has no certificate");
            }
            return trusted;
        } catch (IOException e) {
            throw unusable("the file '" + authority + "'", e);
        }
    }

    private static CoordinatorException unusable(String what, Exception cause) {
        return new CoordinatorException(
                ErrorCode.INVALID_CONFIGURATION,
                what + " can't be used: " + cause.getMessage(),
                "Check the file, its format (PEM for an authority, PKCS #12 for a key) and its password.",
                cause);
    }

    @Override
    public String toString() {
        return "ClientTls[authority=" + authority + ", keyStore=" + keyStore + "]";
    }
}
