package dev.tidemark.coordinator.archive.audit;

import dev.tidemark.coordinator.archive.object.ObjectHash;

/**
 * An entry as it was read.
 *
 * @param hash SHA-256 of its object
 * @param authenticity who can have written it
 */
public record AuditRecord(AuditEntry entry, ObjectHash hash, Authenticity authenticity) {
    /** Who can have written an entry. */
    public enum Authenticity {
        /** The holder of a writer's key. */
        SIGNED,
        /** The holder of a reader's key or a writer's: a reader can't sign. */
        BY_READER,
        /** It says that a reader has written it, which the public key alone can't tell. */
        UNCHECKED
    }
}
