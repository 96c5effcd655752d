package dev.tidemark.coordinator.archive.certificate;

/**
 * What a certificate is worth by what the archive says.
 *
 * @param certificate the last one of its backup, with a good signature
 * @param state what it is worth
 * @param reason why it is not valid; empty when it is
 */
public record CertificateStatus(Certificate certificate, State state, String reason) {
    /** What a certificate is worth. */
    public enum State {
        /** It is about the backup as it is. */
        VALID,
        /** The backup, or what is known of it, has changed since. */
        OUTDATED,
        /** Damage was found; whoever found it has signed so. */
        WITHDRAWN
    }
}
