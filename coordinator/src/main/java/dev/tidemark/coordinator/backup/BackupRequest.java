package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to back up.
 *
 * @param namespace a namespace of the configuration
 * @param labels free text by name, kept in the manifest
 * @param isDegradedAllowed whether a backup without some replica is acceptable as long as a quorum's intersection is covered
 * @param nextBackupDue when the next backup is to be taken, which the manifest then says; {@link Manifest#NO_NEXT_BACKUP} when that
 *     is not known
 */
public record BackupRequest(
        String namespace, Map<String, String> labels, boolean isDegradedAllowed, Instant nextBackupDue) {
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    /**
     * Copies and checks the labels.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when a manifest could not hold the labels, or the instant
     */
    public BackupRequest {
        if (nextBackupDue.isBefore(Manifest.NO_NEXT_BACKUP) || nextBackupDue.isAfter(LATEST)) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "next backup due at " + nextBackupDue + " (expected: a time from 1970 to 9999)",
                    "Give a time such as 2031-05-01T02:00:00Z.");
        }
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        try {
            Manifest.requireLabels(labels);
        } catch (IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT, e.getMessage(), "Give labels as NAME=TEXT, one line each.", e);
        }
    }

    /** Creates a request that does not say when the next backup is due. */
    public BackupRequest(String namespace, Map<String, String> labels, boolean isDegradedAllowed) {
        this(namespace, labels, isDegradedAllowed, Manifest.NO_NEXT_BACKUP);
    }

    /** Returns a request without labels that accepts a degraded backup. */
    public static BackupRequest of(String namespace) {
        return new BackupRequest(namespace, Map.of(), true);
    }
}
