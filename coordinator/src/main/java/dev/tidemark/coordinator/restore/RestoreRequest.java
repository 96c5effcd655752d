package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.catalog.Catalog;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What to restore.
 *
 * @param namespace a namespace of the configuration, the one that was backed up
 * @param backupId id of the backup, or {@link #LATEST}; with a point other than {@link RestorePoint#OF_BACKUP} the latter stands
 *     for the oldest backup from which that point can be restored
 * @param point the moment whose state is wanted
 * @param existingData what becomes of data in the targets
 * @param tables the tables to restore; empty for all
 */
public record RestoreRequest(
        String namespace, String backupId, RestorePoint point, ExistingData existingData, List<String> tables) {
    /** Stands for the newest backup of the namespace. */
    public static final String LATEST = Catalog.LATEST;

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException for some tables in the place of all that there are
     */
    public RestoreRequest {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(backupId, "backupId");
        Objects.requireNonNull(point, "point");
        Objects.requireNonNull(existingData, "existingData");
        tables = List.copyOf(new TreeSet<>(tables));
        if (existingData == ExistingData.REPLACE && !tables.isEmpty()) {
            throw new IllegalArgumentException("existingData: REPLACE with tables " + tables + " (expected: REFUSE)");
        }
    }

    /** Creates a request for the moment of a backup, into empty targets. */
    public RestoreRequest(String namespace, String backupId) {
        this(namespace, backupId, RestorePoint.OF_BACKUP, ExistingData.REFUSE, List.of());
    }

    /** Returns this request for another moment. */
    public RestoreRequest at(RestorePoint newPoint) {
        return new RestoreRequest(namespace, backupId, newPoint, existingData, tables);
    }

    /** Returns this request with another rule for data in the targets. */
    public RestoreRequest with(ExistingData rule) {
        return new RestoreRequest(namespace, backupId, point, rule, tables);
    }

    /** Returns this request for some tables, or for all when there is none. */
    public RestoreRequest only(List<String> newTables) {
        return new RestoreRequest(namespace, backupId, point, existingData, newTables);
    }
}
