package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.kvs.ErrorCode;
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
    /**
     * Copies and checks the labels.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when a manifest could not hold the labels
     */
    public BackupRequest {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        try {
            Manifest.requireLabels(labels);
        } catch (IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT, e.getMessage(), "Give labels as NAME=TEXT, one line each.", e);
        }
    }

    /** Returns a request without labels that accepts a degraded backup. */
    public static BackupRequest of(String namespace) {
        return new BackupRequest(namespace, Map.of(), true);
    }
}
