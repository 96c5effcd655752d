package dev.tidemark.timestamp.service;

import java.util.List;
import java.util.UUID;

/**
 * What TimeLock tells clients about locks on rows that they watch: here, that nothing is watched, from the beginning, so that a client
 * caches nothing.
 *
 * @param type always {@code snapshot}
 * @param logId of the leader
 * @param lastKnownVersion always -1, as of a log without an entry
 * @param locked always empty
 * @param lockWatches always empty
 */
record LockWatchUpdate(String type, UUID logId, long lastKnownVersion, List<String> locked, List<String> lockWatches) {
    static LockWatchUpdate none(UUID logId) {
        return new LockWatchUpdate("snapshot", logId, -1, List.of(), List.of());
    }
}
