package dev.tidemark.coordinator.service.access.credential;

import dev.tidemark.coordinator.service.access.ApprovalConfiguration;
import dev.tidemark.coordinator.service.access.limit.RateLimitConfiguration;
import java.nio.file.Path;
import java.util.List;

/**
 * The section {@code access} of a service's configuration. Holds no secret.
 *
 * @param tokens who is let in with a token; empty by default
 * @param tokenFile a file with more of them, which is read again when it changes; null for none
 * @param certificates who is let in with a certificate; empty by default
 * @param approval what needs a second person; nothing by default
 * @param rateLimit how many requests a caller may send; 50 a second by default
 */
public record AccessConfiguration(
        List<TokenEntry> tokens,
        Path tokenFile,
        List<CertificateEntry> certificates,
        ApprovalConfiguration approval,
        RateLimitConfiguration rateLimit) {
    /**
     * Sets the defaults.
     *
     * @throws IllegalArgumentException when nobody would be let in, or two certificates have one subject
     */
    public AccessConfiguration {
        tokens = tokens == null ? List.of() : List.copyOf(tokens);
        certificates = certificates == null ? List.of() : List.copyOf(certificates);
        approval = approval == null ? ApprovalConfiguration.NONE : approval;
        rateLimit = rateLimit == null ? RateLimitConfiguration.DEFAULT : rateLimit;
        if (tokens.isEmpty() && tokenFile == null && certificates.isEmpty()) {
            throw new IllegalArgumentException(
                    "nobody is let in (expected: 'tokens', 'tokenFile' or 'certificates'; see 'tidemark token new')");
        }
        long subjects = certificates.stream()
                .map(CertificateEntry::principal)
                .distinct()
                .count();
        if (subjects < certificates.size()) {
            throw new IllegalArgumentException(
                    "'certificates' has a subject twice (expected: one entry for each subject)");
        }
    }
}
