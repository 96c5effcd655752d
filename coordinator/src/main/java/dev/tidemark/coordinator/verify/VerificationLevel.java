package dev.tidemark.coordinator.verify;

/** How much verification does. */
public enum VerificationLevel {
    /** Level 1: manifests and file lists are authentic, every object that they need exists with its size. */
    EXISTENCE,
    /**
     * Level 2: also, every byte of every pack that is needed was read, and every chunk decrypted, unpacked and hashed. The
     * SHA-256 of whole files is left to the restore.
     */
    CONTENT
}
