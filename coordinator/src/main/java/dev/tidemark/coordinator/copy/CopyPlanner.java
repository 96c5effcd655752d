package dev.tidemark.coordinator.copy;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.transfer.KnownBackups;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Finds out what a copy between two archives has to do. Changes nothing. */
public final class CopyPlanner {
    private final NamespaceArchive source;
    private final Optional<NamespaceArchive> target;

    /**
     * Creates a planner.
     *
     * @param target nothing when that archive has never seen the namespace
     */
    public CopyPlanner(NamespaceArchive source, Optional<NamespaceArchive> target) {
        this.source = source;
        this.target = target;
    }

    /** Returns all backups whose manifests can be believed, the oldest first: each finds what the one before it has brought. */
    public List<CopyCandidate> all() {
        Optional<KnownBackups> known = target.map(KnownBackups::new);
        List<CopyCandidate> candidates = new ArrayList<>();
        new Catalog(source).backups().forEach(backup -> candidates.add(candidate(backup, known)));
        Collections.reverse(candidates);
        return candidates;
    }

    /**
     * Returns one backup.
     *
     * @param backupId its id, or {@link Catalog#LATEST}
     * @throws dev.tidemark.coordinator.CoordinatorException as {@link Catalog#find}
     */
    public CopyCandidate one(String backupId) {
        return candidate(BackupSummary.of(new Catalog(source).find(backupId)), target.map(KnownBackups::new));
    }

    private CopyCandidate candidate(BackupSummary backup, Optional<KnownBackups> known) {
        return new CopyCandidate(
                backup.backupId(),
                known.flatMap(there -> there.find(backup, source.archiveId())).orElse(""),
                backup.backupTimestamp(),
                backup.timeAtBackupTimestamp(),
                backup.sizes().files(),
                backup.sizes().rawBytes());
    }
}
