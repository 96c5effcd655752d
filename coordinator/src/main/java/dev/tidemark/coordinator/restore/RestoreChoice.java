package dev.tidemark.coordinator.restore;

import java.util.List;

/**
 * A request with everything found out that it leaves open.
 *
 * @param backupId id of the backup, never {@link RestoreRequest#LATEST}
 * @param targetTimestamp the restored state is exactly the commits at or below it; at most the backup timestamp
 * @param tables the tables to restore, ordered; empty for all
 * @param notes how the target was found, one sentence each; empty when the request names it
 */
public record RestoreChoice(
        String backupId, long targetTimestamp, ExistingData existingData, List<String> tables, List<String> notes) {
    /** Copies the lists. */
    public RestoreChoice {
        tables = List.copyOf(tables);
        notes = List.copyOf(notes);
    }
}
