package dev.tidemark.timestamp.raft;

import java.io.File;
import java.nio.file.Path;
import org.apache.ratis.grpc.GrpcTlsConfig;

/**
 * How servers know each other: both sides of each connection show a certificate, over TLS. Files in PEM form.
 *
 * @param certificate this server's certificate, for the host of its address, with those that lead to a trusted one
 * @param key its private key, PKCS #8, not encrypted
 * @param trusted the authorities whose certificates the other servers may show
 */
public record RaftTls(Path certificate, Path key, Path trusted) {
    /**
     * Checks that nothing is missing.
     *
     * @throws IllegalArgumentException when something is
     */
    public RaftTls {
        if (certificate == null || key == null || trusted == null) {
            throw new IllegalArgumentException("tls: certificate " + certificate + ", key " + key + ", trusted "
                    + trusted + " (expected: all three files)");
        }
    }

    GrpcTlsConfig toConfiguration() {
        return new GrpcTlsConfig(readable(key), readable(certificate), readable(trusted), true);
    }

    private static File readable(Path file) {
        if (!file.toFile().canRead()) {
            throw RaftErrors.invalid(
                    "cannot read '" + file + "'", "Correct the section 'tls' of the store, or the file's permissions.");
        }
        return file.toFile();
    }
}
