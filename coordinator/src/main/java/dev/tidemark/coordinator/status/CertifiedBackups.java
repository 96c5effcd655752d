package dev.tidemark.coordinator.status;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.certificate.CertificateCheck;
import dev.tidemark.coordinator.archive.certificate.CertificateStatus;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Finds the backup that was read to the last byte most lately, by certificates: the public key is enough. */
final class CertifiedBackups {
    /** So many of the newest backups are asked for certificates. */
    private static final int MAX_BACKUPS = 100;

    private CertifiedBackups() {}

    /**
     * Returns when the pack was read whose reading is longest ago, of the backup where that is latest; {@link Instant#EPOCH} when there
     * is none, or there is no objective. Stops at the first backup that meets the objective.
     */
    static Instant verifiedAt(
            Supplier<CertificateCheck> certificates,
            BackupList backups,
            Map<String, String> suffering,
            Objectives objectives,
            Instant now) {
        Instant latest = Instant.EPOCH;
        List<String> ids = backups.backups().stream()
                .map(BackupSummary::backupId)
                .filter(id -> !suffering.containsKey(id))
                .limit(MAX_BACKUPS)
                .toList();
        if (objectives.verifiedWithin().isZero() || ids.isEmpty()) {
            return latest;
        }
        CertificateCheck check = certificates.get();
        Instant enough = now.minus(objectives.verifiedWithin());
        for (String id : ids) {
            Instant verified = verifiedAt(check, id);
            latest = verified.isAfter(latest) ? verified : latest;
            if (!latest.isBefore(enough)) {
                break;
            }
        }
        return latest;
    }

    /** A certificate that can't be believed is none. */
    private static Instant verifiedAt(CertificateCheck check, String backupId) {
        try {
            return check.find(backupId)
                    .filter(status -> status.state() == CertificateStatus.State.VALID)
                    .map(status -> status.certificate().oldestVerification())
                    .orElse(Instant.EPOCH);
        } catch (CoordinatorException e) {
            if (!StatusReader.isDamage(e)) {
                throw e;
            }
            return Instant.EPOCH;
        }
    }
}
