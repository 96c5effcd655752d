package dev.tidemark.coordinator.verify;

/** How much verification does. */
public enum VerificationLevel {
    /** Level 1: manifests and file lists are authentic, every object that they need exists with its size. */
    EXISTENCE,
    /** Level 2: also, every byte of every chunk and pack was read, decrypted, unpacked and hashed. */
    CONTENT
}
