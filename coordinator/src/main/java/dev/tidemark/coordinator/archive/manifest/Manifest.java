package dev.tidemark.coordinator.archive.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The immutable document that makes a backup exist.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param archiveId id of the archive that it belongs to
 * @param namespace name of the namespace
 * @param backupId id of the backup, see {@link #isBackupId}
 * @param sequence number of the backup in its namespace, &gt;= 1, strictly increasing in the order of commits: two backups
 *     with one number mean that an old manifest was put back
 * @param createdBy version of the software that wrote it
 * @param createdAt time when the operation began
 * @param finishedAt time when the manifest was written
 * @param immutableTimestamp immutable timestamp under the hold (L)
 * @param backupTimestamp the backup holds exactly the commits at or below it (B); L &lt;= B
 * @param fastForwardTimestamp fetched after the last snapshot (F); B &lt; F
 * @param timeAtBackupTimestamp time of the coordinator's clock right after B was fetched
 * @param cut what proves that this is one cut
 * @param stores the stores of the namespace, distinct names
 * @param sizes how much it is
 * @param labels free text by name
 * @param parentBackupId the backup before it, for reports only (no backup depends on another); empty when there is none
 * @param timeIndex times and timestamps, ascending in both
 * @param digest state digest at the backup timestamp in hexadecimal, or empty when none was taken
 * @param origins where the backup was taken over from, the last archive first; empty when it was taken into this archive
 * @param nextBackupDue when the next backup was to be taken, by who asked for this one; {@link #NO_NEXT_BACKUP} when nobody said,
 *     which is left out of the JSON
 */
public record Manifest(
        int formatVersion,
        String archiveId,
        String namespace,
        String backupId,
        long sequence,
        String createdBy,
        Instant createdAt,
        Instant finishedAt,
        long immutableTimestamp,
        long backupTimestamp,
        long fastForwardTimestamp,
        Instant timeAtBackupTimestamp,
        CutCertificate cut,
        List<StoreBackup> stores,
        BackupSizes sizes,
        Map<String, String> labels,
        String parentBackupId,
        List<TimePoint> timeIndex,
        String digest,
        List<BackupOrigin> origins,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = NoNextBackup.class) Instant nextBackupDue) {
    /** The version that this software writes and reads. */
    public static final int FORMAT_VERSION = 1;

    /** Stands for a next backup of which nobody has said when it is due. */
    public static final Instant NO_NEXT_BACKUP = Instant.EPOCH;

    /** Name of {@link #nextBackupDue} in the JSON. */
    static final String NEXT_BACKUP_DUE = "nextBackupDue";

    private static final Pattern BACKUP_ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
    private static final Pattern ARCHIVE_ID = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern DIGEST = Pattern.compile("(|[0-9a-f]{64})");

    /**
     * Copies the collections and checks every range.
     *
     * @throws IllegalArgumentException when a value is outside of its range
     */
    public Manifest {
        stores = List.copyOf(stores);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        timeIndex = List.copyOf(timeIndex);
        origins = List.copyOf(origins);
        Limits.require(formatVersion == FORMAT_VERSION, "formatVersion", formatVersion, "" + FORMAT_VERSION);
        Limits.require(ARCHIVE_ID.matcher(archiveId).matches(), "archiveId", archiveId, "32 hexadecimal digits");
        Limits.requireText("namespace", namespace);
        Limits.require(isBackupId(backupId), "backupId", backupId, "1 to 100 of A-Z a-z 0-9 _ . -");
        Limits.require(sequence >= 1, "sequence", sequence, ">= 1");
        Limits.requireText("createdBy", createdBy);
        Limits.requireInstant("createdAt", createdAt);
        Limits.requireInstant("finishedAt", finishedAt);
        Limits.requireInstant("timeAtBackupTimestamp", timeAtBackupTimestamp);
        Limits.require(
                immutableTimestamp > 0
                        && immutableTimestamp <= backupTimestamp
                        && backupTimestamp < fastForwardTimestamp,
                "immutable, backup and fast-forward timestamp",
                immutableTimestamp + ", " + backupTimestamp + ", " + fastForwardTimestamp,
                "0 < immutable <= backup < fast-forward");
        Limits.require(
                parentBackupId.isEmpty() || isBackupId(parentBackupId),
                "parentBackupId",
                parentBackupId,
                "a backup id");
        Limits.require(DIGEST.matcher(digest).matches(), "digest", digest, "64 hexadecimal digits or empty");
        Limits.requireCount("origins", origins.size(), Limits.MAX_ORIGINS);
        Limits.requireInstant(NEXT_BACKUP_DUE, nextBackupDue);
        requireStores(stores);
        requireOrder(cut, backupTimestamp, fastForwardTimestamp);
        requireSameNodes(cut, stores);
        requireLabels(labels);
        requireTimeIndex(timeIndex);
    }

    /**
     * Returns a store of the backup.
     *
     * @throws CoordinatorException {@link ErrorCode#STORE_UNSUPPORTED} when it has no such store
     */
    public StoreBackup store(String name) {
        return stores.stream()
                .filter(store -> store.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.STORE_UNSUPPORTED,
                        "backup '" + backupId + "' has no store '" + name + "'",
                        "Correct the stores of the namespace in the configuration."));
    }

    /**
     * Returns the lowest timestamp to which all stores of the backup can be cleaned, inclusive; 0 when garbage collection has
     * never removed anything. At most the backup timestamp: the hold has kept what is visible at it, whatever a store knows.
     */
    public long earliestRestorableTimestamp() {
        long earliest = stores.stream()
                .mapToLong(StoreBackup::earliestRestorableTimestamp)
                .max()
                .orElse(0);
        return Math.min(earliest, backupTimestamp);
    }

    /** Returns when the next backup was to be taken; empty when nobody said. */
    public Optional<Instant> findNextBackupDue() {
        return Optional.of(nextBackupDue).filter(due -> !due.equals(NO_NEXT_BACKUP));
    }

    /** Tells whether the text can be the id of a backup: 1..100 of {@code A-Z a-z 0-9 _ . -}, not beginning with . or -. */
    public static boolean isBackupId(String text) {
        return BACKUP_ID.matcher(text).matches();
    }

    private static void requireStores(List<StoreBackup> stores) {
        Limits.requireCount("stores", stores.size(), Limits.MAX_STORES);
        Set<String> names = new HashSet<>();
        for (StoreBackup store : stores) {
            Limits.require(names.add(store.name()), "stores", store.name() + " twice", "each store once");
        }
    }

    /** What the proof of a cut stands on: every snapshot lies between B and F. See docs/consistency.rst. */
    private static void requireOrder(CutCertificate cut, long backupTimestamp, long fastForwardTimestamp) {
        for (NodeCut node : cut.nodes()) {
            Limits.require(
                    backupTimestamp < node.timestampBefore() && node.timestampAfter() < fastForwardTimestamp,
                    "snapshot of " + node.name(),
                    node.timestampBefore() + " to " + node.timestampAfter(),
                    "after the backup timestamp " + backupTimestamp + " and before the fast-forward timestamp "
                            + fastForwardTimestamp);
        }
    }

    /** Each node of a store has one snapshot, or none and is named as missing; nothing else is named. */
    private static void requireSameNodes(CutCertificate cut, List<StoreBackup> stores) {
        Set<String> snapshots = new HashSet<>();
        for (NodeCut node : cut.nodes()) {
            Limits.require(snapshots.add(node.name()), "snapshots", node.name() + " twice", "each node once");
        }
        Set<String> missing = new HashSet<>();
        for (String name : cut.missingNodes()) {
            boolean isKnownStore = stores.stream().anyMatch(store -> name.startsWith(store.name() + "/"));
            Limits.require(isKnownStore, "missing node", name, "store/node of a store of the backup");
            Limits.require(!snapshots.contains(name), "missing node", name, "a node without a snapshot");
            Limits.require(missing.add(name), "missing nodes", name + " twice", "each node once");
        }
        for (StoreBackup store : stores) {
            for (NodeBackup node : store.nodes()) {
                String name = store.name() + "/" + node.node();
                Limits.require(
                        snapshots.remove(name) || missing.contains(name),
                        "node",
                        name,
                        "one with a snapshot in the cut, or named as missing");
            }
        }
        Limits.require(snapshots.isEmpty(), "snapshots", snapshots, "of nodes of the backup's stores");
    }

    /**
     * Checks the labels of a manifest: at most 100, names of 1..1000 and texts of 0..1000 characters without control characters.
     *
     * @throws IllegalArgumentException when they are not like that
     */
    public static void requireLabels(Map<String, String> labels) {
        Limits.requireCount("labels", labels.size(), Limits.MAX_LABELS);
        labels.forEach((key, text) -> {
            Limits.requireText("label name", key);
            Limits.requireTextOrEmpty("label " + key, text);
        });
    }

    private static void requireTimeIndex(List<TimePoint> timeIndex) {
        Limits.requireCount("timeIndex", timeIndex.size(), Limits.MAX_TIME_POINTS);
        for (int i = 1; i < timeIndex.size(); i++) {
            TimePoint before = timeIndex.get(i - 1);
            TimePoint point = timeIndex.get(i);
            Limits.require(
                    before.timestamp() < point.timestamp() && !point.instant().isBefore(before.instant()),
                    "timeIndex",
                    before + ", " + point,
                    "ascending in both");
        }
    }

    /** Equal to what is left out of the JSON. */
    static final class NoNextBackup {
        @Override
        public boolean equals(Object value) {
            return NO_NEXT_BACKUP.equals(value);
        }

        @Override
        public int hashCode() {
            return NO_NEXT_BACKUP.hashCode();
        }
    }
}
