package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.cql.CqlSettings.KeyFile;
import dev.tidemark.kvs.cassandra.cql.CqlSettings.Tls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Loads certificates and keys. */
final class TlsContext {
    private TlsContext() {}

    /**
     * Loads the files.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_CONFIGURATION} when one of them can't be used
     */
    static SSLContext load(Tls tls) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(tls.trustStore() == null ? null : read(tls.trustStore()));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(tls.keyStore() == null ? null : keys(tls.keyStore()), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable(tls.trustStore() == null ? tls.keyStore() : tls.trustStore(), e);
        }
    }

    private static KeyManager[] keys(KeyFile file) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(read(file), file.password().toCharArray());
            return keys.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw unusable(file, e);
        }
    }

    private static KeyStore read(KeyFile file) {
        try {
            return KeyStore.getInstance(file.path().toFile(), file.password().toCharArray());
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) { // the last: no such file
            throw unusable(file, e);
        }
    }

    private static KeyValueStoreException unusable(KeyFile file, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.INVALID_CONFIGURATION,
                "can't use the key file '" + file.path() + "': " + cause.getMessage(),
                "Give a PKCS #12 or JKS file that can be read, and its password.",
                cause);
    }
}
