package dev.tidemark.coordinator.retention;

import java.util.ArrayList;
import java.util.List;

/**
 * State of an expiry.
 *
 * @param chosen ids of the backups to remove, oldest first
 * @param removed those that are gone
 * @param kept those that stay after all, each with the reason behind a colon
 */
record ExpireState(List<String> chosen, List<String> removed, List<String> kept) {
    ExpireState {
        chosen = List.copyOf(chosen);
        removed = List.copyOf(removed);
        kept = List.copyOf(kept);
    }

    ExpireState withRemoved(String backupId) {
        return new ExpireState(chosen, with(removed, backupId), kept);
    }

    ExpireState withKept(String backupId, String reason) {
        return new ExpireState(chosen, removed, with(kept, backupId + ": " + reason));
    }

    private static List<String> with(List<String> list, String added) {
        List<String> all = new ArrayList<>(list);
        all.add(added);
        return all;
    }
}
