package dev.tidemark.coordinator.retention;

import dev.tidemark.coordinator.catalog.BackupSummary;
import java.util.List;

/**
 * What is to become of one backup.
 *
 * @param backup the backup
 * @param reasons the rules that keep it, as {@code daily 3}, {@code hold 1f.. (audit)}, {@code newest}; empty when none does
 */
public record RetentionDecision(BackupSummary backup, List<String> reasons) {
    /** Copies the list. */
    public RetentionDecision {
        reasons = List.copyOf(reasons);
    }

    /** Tells whether it stays. */
    public boolean isKept() {
        return !reasons.isEmpty();
    }
}
