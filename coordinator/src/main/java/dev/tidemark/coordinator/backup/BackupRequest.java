package dev.tidemark.coordinator.backup;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to back up.
 *
 * @param namespace a namespace of the configuration
 * @param labels free text by name, kept in the manifest
 * @param isDegradedAllowed whether a backup without some replica is acceptable as long as a quorum's intersection is covered
 */
public record BackupRequest(String namespace, Map<String, String> labels, boolean isDegradedAllowed) {
    /** Copies the labels. */
    public BackupRequest {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** Returns a request without labels that accepts a degraded backup. */
    public static BackupRequest of(String namespace) {
        return new BackupRequest(namespace, Map.of(), true);
    }
}
