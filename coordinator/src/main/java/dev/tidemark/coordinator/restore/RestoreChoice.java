package dev.tidemark.coordinator.restore;

import java.util.List;

/**
 * A request with everything found out that it leaves open.
 *
 * @param backupId id of the backup, never {@link RestoreRequest#LATEST}
 * @param targetTimestamp the restored state is exactly the commits at or below it; at most the backup timestamp
 * @param notes how the target was found, one sentence each; empty when the request names it
 */
public record RestoreChoice(String backupId, long targetTimestamp, ExistingData existingData, List<String> notes) {
    /** Copies the list. */
    public RestoreChoice {
        notes = List.copyOf(notes);
    }
}
