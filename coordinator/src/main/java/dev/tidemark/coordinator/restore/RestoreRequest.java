package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.catalog.Catalog;
import java.util.Objects;

/**
 * What to restore.
 *
 * @param namespace a namespace of the configuration, the one that was backed up
 * @param backupId id of the backup, or {@link #LATEST}; with a point other than {@link RestorePoint#OF_BACKUP} the latter stands
 *     for the oldest backup from which that point can be restored
 * @param point the moment whose state is wanted
 * @param existingData what becomes of data in the targets
 */
public record RestoreRequest(String namespace, String backupId, RestorePoint point, ExistingData existingData) {
    /** Stands for the newest backup of the namespace. */
    public static final String LATEST = Catalog.LATEST;

    /** Checks that no part is null. */
    public RestoreRequest {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(backupId, "backupId");
        Objects.requireNonNull(point, "point");
        Objects.requireNonNull(existingData, "existingData");
    }

    /** Creates a request for the moment of a backup, into empty targets. */
    public RestoreRequest(String namespace, String backupId) {
        this(namespace, backupId, RestorePoint.OF_BACKUP, ExistingData.REFUSE);
    }

    /** Returns this request for another moment. */
    public RestoreRequest at(RestorePoint newPoint) {
        return new RestoreRequest(namespace, backupId, newPoint, existingData);
    }

    /** Returns this request with another rule for data in the targets. */
    public RestoreRequest with(ExistingData rule) {
        return new RestoreRequest(namespace, backupId, point, rule);
    }
}
