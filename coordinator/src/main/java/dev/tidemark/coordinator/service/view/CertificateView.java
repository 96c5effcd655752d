package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.archive.certificate.Certificate;
import dev.tidemark.coordinator.archive.certificate.CertificateStatus;
import java.time.Instant;

/**
 * The certificate of a backup: what {@code tidemark certificate --json} shows. Its signature was checked.
 *
 * @param namespace of the backup
 * @param backup id of the backup
 * @param archive id of the archive
 * @param state what it is worth: {@code valid}, {@code outdated} or {@code withdrawn}
 * @param reason why it is not valid; empty when it is
 * @param number 1 or more; a later certificate takes the place of an earlier one
 * @param result what was found out: {@code RESTORABLE} or {@code DAMAGED}
 * @param issuedAt when it was signed
 * @param issuedBy who has verified the backup
 * @param createdBy with which software
 * @param manifestSha256 of the manifest
 * @param backupTimestamp what is restored: every commit at or below it
 * @param fastForwardTimestamp the restored oracle issues only greater ones
 * @param inventoryGeneration which inventory
 * @param inventorySha256 of this inventory
 * @param packs packs that the inventory names
 * @param bytes their bytes
 * @param level 2: every byte was read and compared
 * @param oldestVerification when the pack was read whose reading is longest ago
 * @param newestVerification when the pack was read that was read last
 */
public record CertificateView(
        String namespace,
        String backup,
        String archive,
        String state,
        String reason,
        int number,
        String result,
        Instant issuedAt,
        String issuedBy,
        String createdBy,
        String manifestSha256,
        long backupTimestamp,
        long fastForwardTimestamp,
        int inventoryGeneration,
        String inventorySha256,
        int packs,
        long bytes,
        int level,
        Instant oldestVerification,
        Instant newestVerification) {
    /** Returns the view of a certificate. */
    public static CertificateView of(CertificateStatus status) {
        Certificate certificate = status.certificate();
        return new CertificateView(
                certificate.namespace(),
                certificate.backupId(),
                certificate.archiveId(),
                StatusView.word(status.state()),
                status.reason(),
                certificate.number(),
                certificate.result().name(),
                certificate.issuedAt(),
                certificate.issuedBy(),
                certificate.createdBy(),
                certificate.manifestSha256().toString(),
                certificate.backupTimestamp(),
                certificate.fastForwardTimestamp(),
                certificate.inventoryGeneration(),
                certificate.inventorySha256().toString(),
                certificate.packs(),
                certificate.bytes(),
                certificate.level(),
                certificate.oldestVerification(),
                certificate.newestVerification());
    }
}
