package dev.tidemark.coordinator.retention;

import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import java.util.ArrayList;
import java.util.List;

/**
 * What an expiry would do.
 *
 * @param namespace the namespace
 * @param decisions one for each backup whose manifest can be believed, newest first
 * @param damaged manifests that can't be believed; they stay
 */
public record RetentionPlan(String namespace, List<RetentionDecision> decisions, List<DamagedManifest> damaged) {
    /** Copies the lists. */
    public RetentionPlan {
        decisions = List.copyOf(decisions);
        damaged = List.copyOf(damaged);
    }

    /** Returns the ids of the backups that no rule keeps, oldest first. */
    public List<String> expired() {
        List<String> ids = new ArrayList<>();
        for (RetentionDecision decision : decisions) {
            if (!decision.isKept()) {
                ids.add(0, decision.backup().backupId());
            }
        }
        return ids;
    }
}
