package dev.tidemark.coordinator.restore;

/**
 * A request with everything found out that it leaves open.
 *
 * @param backupId id of the backup, never {@link RestoreRequest#LATEST}
 * @param targetTimestamp the restored state is exactly the commits at or below it; at most the backup timestamp
 */
public record RestoreChoice(String backupId, long targetTimestamp, ExistingData existingData) {}
