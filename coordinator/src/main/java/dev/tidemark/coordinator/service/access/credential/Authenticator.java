package dev.tidemark.coordinator.service.access.credential;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.limit.LockOut;
import dev.tidemark.coordinator.service.access.limit.RateLimit;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out who sends a request, and keeps everybody to a measure. Thread-safe. */
public final class Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);

    private final Tokens tokens;
    private final List<CertificateEntry> certificates;
    private final LockOut lockOut;
    private final RateLimit rateLimit;

    /** Creates the check. */
    public Authenticator(Tokens tokens, List<CertificateEntry> certificates, LockOut lockOut, RateLimit rateLimit) {
        this.tokens = tokens;
        this.certificates = List.copyOf(certificates);
        this.lockOut = lockOut;
        this.rateLimit = rateLimit;
    }

    /**
     * Returns who sends a request; empty when it does not say. A token counts before a certificate.
     *
     * @param address of the machine that sends it
     * @param header the authorization header, or null
     * @param certificate what the TLS connection has shown and this process has verified, or null
     * @throws ProblemException {@link ErrorCode#UNAUTHORIZED} when token or certificate are not let in,
     *     {@link ErrorCode#TOO_MANY_REQUESTS} when the caller, or the address, has sent too many
     */
    public Optional<Caller> authenticate(String address, String header, X509Certificate certificate) {
        lockOut.check(address);
        Optional<Caller> caller = caller(address, header, certificate);
        rateLimit.take(caller.map(known -> "caller " + known.name()).orElse("address " + LockOut.network(address)));
        return caller;
    }

    private Optional<Caller> caller(String address, String header, X509Certificate certificate) {
        if (header != null) {
            Optional<TokenEntry> entry = tokens.find(header);
            if (entry.isEmpty()) {
                lockOut.failed(address);
                LOG.warn("a wrong token came from {}", LockOut.network(address));
                throw Tokens.wrong();
            }
            return Optional.of(tokens.admit(entry.get()));
        }
        if (certificate != null && !certificates.isEmpty()) {
            return Optional.of(certificates.stream()
                    .filter(entry -> entry.isAbout(certificate.getSubjectX500Principal()))
                    .findFirst()
                    .orElseThrow(() -> unknown(certificate))
                    .caller());
        }
        return Optional.empty();
    }

    private static ProblemException unknown(X509Certificate certificate) {
        return Caller.unauthorized(
                "the certificate's subject '"
                        + certificate.getSubjectX500Principal().getName() + "' is not known",
                "Add the subject to 'access.certificates', or send a token.");
    }
}
