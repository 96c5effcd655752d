package dev.tidemark.timestamp.http;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom a client trusts to be the oracle, and how it shows who it is. The name or address of each server is compared with its
 * certificate in any case.
 *
 * @param caCertificates certificates of the oracle, or of who has signed them, as PEM; null where {@code trustStore} or the JDK says whom to
 *     trust
 * @param trustStore the same as a key store; null where {@code caCertificates} or the JDK says whom to trust
 * @param keyStore key and certificate of the client; null for none
 */
public record OracleTls(Path caCertificates, KeyFile trustStore, KeyFile keyStore) {
    /** Trusts whom the JDK trusts, and shows nothing. */
    public static final OracleTls DEFAULT = new OracleTls(null, null, null);

    /**
     * Checks that trust is said once.
     *
     * @throws IllegalArgumentException when there are CA certificates and a trust store
     */
    public OracleTls {
        if (caCertificates != null && trustStore != null) {
            throw new IllegalArgumentException("TLS: CA certificates and a trust store (expected: one of them)");
        }
    }

    /**
     * Reads the files.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_CONFIGURATION} when one can't be used
     */
    SSLContext context() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyStore == null ? null : keyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable("the certificates for the timestamp oracle", e);
        }
    }

    /** Returns null for the JDK's own. */
    private KeyStore trusted() throws GeneralSecurityException {
        if (trustStore != null) {
            return load(trustStore);
        }
        return caCertificates == null ? null : certificates();
    }

    private KeyManager[] keyManagers() throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(keyStore), keyStore.password().toCharArray());
        return keys.getKeyManagers();
    }

    private KeyStore certificates() {
        try (InputStream file = Files.newInputStream(caCertificates)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(file)) {
                number++;
                trusted.setCertificateEntry("authority-" + number, certificate);
            }
            if (number == 0) {
                throw new IOException("it has no certificate");
            }
            return trusted;
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("the file '" + caCertificates + "'", e);
        }
    }

    private static KeyStore load(KeyFile file) {
        try {
            return KeyStore.getInstance(file.path().toFile(), file.password().toCharArray());
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) { // the last: no such file
            throw unusable("the key store '" + file.path() + "'", e);
        }
    }

    private static TimestampException unusable(String what, Exception cause) {
        return new TimestampException(
                ErrorCode.INVALID_CONFIGURATION,
                what + " can't be used: " + cause.getMessage(),
                "Check the file, its format (PEM for CA certificates, PKCS #12 or JKS for the others) and its password.",
                cause);
    }

    /**
     * A PKCS #12 or JKS file.
     *
     * @param path the file
     * @param password its password, which is that of the key in it too
     */
    public record KeyFile(Path path, String password) {
        /** Checks that both are there. */
        public KeyFile {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(password, "password");
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
