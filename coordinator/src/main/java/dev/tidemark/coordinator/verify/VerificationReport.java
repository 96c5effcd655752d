package dev.tidemark.coordinator.verify;

import java.util.List;

/**
 * The result of a verification.
 *
 * @param namespace name of the namespace
 * @param level what was done
 * @param backups one result for each backup that was asked for, in that order
 * @param problems what is wrong with the archive itself: index objects that can't be read or are lost, and packs that are
 *     missing, if a backup suffers; at most {@value BackupVerification#MAX_DAMAGES}
 * @param remarks what is not as it was and no verified backup suffers from: packs that are missing, but whose chunks were
 *     stored again or are not needed; at most {@value BackupVerification#MAX_DAMAGES}
 * @param packs number of packs that were read
 * @param readBytes their bytes
 */
public record VerificationReport(
        String namespace,
        VerificationLevel level,
        List<BackupVerification> backups,
        List<Damage> problems,
        List<Damage> remarks,
        int packs,
        long readBytes) {
    /** Copies the lists. */
    public VerificationReport {
        backups = List.copyOf(backups);
        problems = List.copyOf(problems);
        remarks = List.copyOf(remarks);
    }

    /** Tells whether nothing was wrong with any backup, nor with the archive itself. */
    public boolean isGood() {
        return problems.isEmpty() && backups.stream().allMatch(BackupVerification::isGood);
    }
}
