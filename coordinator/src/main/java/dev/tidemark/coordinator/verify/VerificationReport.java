package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.kvs.ErrorCode;
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

    /**
     * Returns the report on a namespace that can't be opened because of its key: no backup of it can be decrypted.
     *
     * @param failure what opening it has thrown
     * @throws CoordinatorException the failure itself, when it says nothing about the key
     */
    public static VerificationReport withoutKey(
            Archive archive, String namespace, VerificationLevel level, CoordinatorException failure) {
        if (failure.code() != ErrorCode.OBJECT_DAMAGED
                && failure.code() != ErrorCode.KEY_DESTROYED
                && failure.code() != ErrorCode.UNKNOWN_FORMAT_VERSION) {
            throw failure;
        }
        String object = new NamespaceLayout(namespace).dataKeys();
        List<BackupVerification> backups = archive.manifests(namespace).backupIds().stream()
                .map(id -> new BackupVerification(
                        id, 0, 0, 1, List.of(new Damage(object, "nothing of this backup can be decrypted"))))
                .toList();
        return new VerificationReport(
                namespace, level, backups, List.of(new Damage(object, failure.getMessage())), List.of(), 0, 0);
    }

    /** Tells whether nothing was wrong with any backup, nor with the archive itself. */
    public boolean isGood() {
        return problems.isEmpty() && backups.stream().allMatch(BackupVerification::isGood);
    }
}
