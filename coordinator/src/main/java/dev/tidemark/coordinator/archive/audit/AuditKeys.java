package dev.tidemark.coordinator.archive.audit;

import dev.tidemark.coordinator.archive.key.Signer;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What entries are signed and checked with. Thread-safe.
 *
 * @param signer signs what a writer does
 * @param code computes the code of 32 bytes that authenticates what a reader does; missing when only the public key is known
 */
public record AuditKeys(Signer signer, Optional<UnaryOperator<byte[]>> code) {
    /** Returns what whoever opened the archive with a key has. */
    public static AuditKeys of(Signer signer, UnaryOperator<byte[]> code) {
        return new AuditKeys(signer, Optional.of(code));
    }

    /** Returns what somebody has who knows the public key alone. */
    public static AuditKeys publicOnly(VerifyingKey verifyingKey) {
        return new AuditKeys(Signer.readOnly(verifyingKey), Optional.empty());
    }
}
