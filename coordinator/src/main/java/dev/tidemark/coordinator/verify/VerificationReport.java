package dev.tidemark.coordinator.verify;

import java.util.List;

/**
 * The result of a verification.
 *
 * @param namespace name of the namespace
 * @param level what was done
 * @param backups one result for each backup that was asked for, in that order
 * @param problems what is wrong with the archive itself, whether or not a backup suffers from it: packs that are missing,
 *     index objects that can't be read; at most {@value BackupVerification#MAX_DAMAGES}
 * @param packs number of packs that were read
 * @param readBytes their bytes
 */
public record VerificationReport(
        String namespace,
        VerificationLevel level,
        List<BackupVerification> backups,
        List<Damage> problems,
        int packs,
        long readBytes) {
    /** Copies the lists. */
    public VerificationReport {
        backups = List.copyOf(backups);
        problems = List.copyOf(problems);
    }

    /** Tells whether nothing was wrong with any backup. */
    public boolean isGood() {
        return backups.stream().allMatch(BackupVerification::isGood);
    }
}
