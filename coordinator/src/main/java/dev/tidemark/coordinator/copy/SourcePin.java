package dev.tidemark.coordinator.copy;

import dev.tidemark.coordinator.archive.NamespaceArchive;

/** Keeps a backup from being removed while it is copied. */
@FunctionalInterface
public interface SourcePin {
    /** Pins nothing: for archives in which nothing is removed. */
    SourcePin NONE = (archive, backupId) -> () -> {};

    /** Pins a backup. */
    Pinned open(NamespaceArchive archive, String backupId);

    /** A backup that stays until this is closed. */
    @FunctionalInterface
    interface Pinned extends AutoCloseable {
        @Override
        void close();
    }
}
