package dev.tidemark.coordinator.restore;

import java.util.Objects;

/**
 * What to restore.
 *
 * @param namespace a namespace of the configuration, the one that was backed up
 * @param backupId id of the backup, or {@link #LATEST}
 */
public record RestoreRequest(String namespace, String backupId) {
    /** Stands for the newest backup of the namespace. */
    public static final String LATEST = "latest";

    /** Checks that neither part is null. */
    public RestoreRequest {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(backupId, "backupId");
    }
}
