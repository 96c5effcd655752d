package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.certificate.Certificate;
import dev.tidemark.coordinator.archive.certificate.CertificateCheck;
import dev.tidemark.coordinator.archive.certificate.CertificateReader;
import dev.tidemark.coordinator.archive.certificate.CertificateStatus;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.verified.VerifiedPack;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Issues, renews and withdraws the certificates of backups after a verification. A certificate is issued when every pack that the
 * backup's inventory names, and every one that its chunks are read from, was read whole and found right, in this run or in an earlier
 * one; no pack of it is marked as damaged; and its lists were read in this run. Not thread-safe.
 */
final class Certification {
    /** The version that certificates name. */
    static final String CREATED_BY = "tidemark 0.1.0";

    private static final int MAX_NUMBER = 99_999_999;

    private final NamespaceArchive archive;
    private final EngineSeams seams;
    private final ArchiveVerifier.Findings findings;
    private final VerificationMemory memory;
    private final CertificateReader certificates;
    private final CertificateCheck check;
    private final Set<ObjectId> marked;
    private final List<String> issued = new ArrayList<>();
    private final List<String> withdrawn = new ArrayList<>();

    /** Creates a certification; lists the damage marks. */
    Certification(
            NamespaceArchive archive, EngineSeams seams, ArchiveVerifier.Findings findings, VerificationMemory memory) {
        this.archive = archive;
        this.seams = seams;
        this.findings = findings;
        this.memory = memory;
        certificates = archive.certificates();
        check = archive.certificateCheck();
        marked = new HashSet<>(archive.damageMarks().packs());
    }

    /** Returns the backups whose certificates were issued or renewed. */
    List<String> issued() {
        return issued;
    }

    /** Returns the backups whose certificates were withdrawn. */
    List<String> withdrawn() {
        return withdrawn;
    }

    /** Takes the certificate of a damaged backup back, if it has one that says otherwise. */
    void withdraw(BackupVerification backup) {
        previous(backup.backupId())
                .filter(certificate -> certificate.result() == Certificate.Result.RESTORABLE)
                .ifPresent(certificate -> {
                    Damage damage = backup.damages().get(0);
                    String problem = backup.damageCount() + " damaged objects and files, the first: " + damage.object()
                            + ": " + damage.message();
                    if (isWritten(certificate.withdrawn(problem, seams.clock().instant(), seams.host(), CREATED_BY))) {
                        withdrawn.add(backup.backupId());
                    }
                });
    }

    /** Issues the certificate of a backup with which nothing is wrong, if all of it was read and there is no equal one. */
    void issue(String backupId) {
        Optional<Inventory> inventory = archive.inventories().find(backupId);
        Span span = new Span();
        inventory.ifPresent(found -> archive.inventories().forEachPack(found, pack -> {
            span.isComplete &= findings.index().hasPack(pack.pack(), pack.sizeBytes());
            span.add(pack.pack());
        }));
        findings.needed().packs(backupId).stream()
                .forEach(pack -> span.add(findings.index().pack(pack).id()));
        if (inventory.isEmpty() || !span.isComplete || isCurrent(backupId, span)) {
            return;
        }
        byte[] manifest = archive.manifests().readSigned(backupId);
        if (isWritten(certificate(manifest, inventory.get(), span))) {
            issued.add(backupId);
        }
    }

    private Certificate certificate(byte[] signedManifest, Inventory inventory, Span span) {
        Manifest manifest = archive.manifests().read(inventory.backupId());
        Instant now = seams.clock().instant();
        ObjectKey inventoryKey = archive.inventories().key(inventory.backupId(), inventory.generation());
        return new Certificate(
                Certificate.FORMAT_VERSION,
                archive.archiveId(),
                archive.namespace(),
                inventory.backupId(),
                lastNumber(inventory.backupId()) + 1,
                Certificate.Result.RESTORABLE,
                "",
                now,
                seams.host(),
                CREATED_BY,
                ObjectHash.ofContent(ByteBuffer.wrap(signedManifest)),
                manifest.backupTimestamp(),
                manifest.fastForwardTimestamp(),
                inventory.generation(),
                ObjectHash.ofContent(ByteBuffer.wrap(archive.store().read(inventoryKey))),
                inventory.packs(),
                inventory.bytes(),
                2,
                span.oldest == null ? now : span.oldest,
                span.newest == null ? now : span.newest);
    }

    /** A certificate is renewed when everything was read again. */
    private boolean isCurrent(String backupId, Span span) {
        try {
            return check.find(backupId)
                    .filter(status -> status.state() == CertificateStatus.State.VALID)
                    .filter(status -> span.oldest == null
                            || !status.certificate().oldestVerification().isBefore(span.oldest))
                    .isPresent();
        } catch (CoordinatorException e) {
            BackupLists.requireDamage(e);
            return false;
        }
    }

    /** One that can't be believed says nothing. */
    private Optional<Certificate> previous(String backupId) {
        try {
            return certificates.find(backupId);
        } catch (CoordinatorException e) {
            BackupLists.requireDamage(e);
            return Optional.empty();
        }
    }

    private int lastNumber(String backupId) {
        List<ObjectKey> keys = certificates.keys(backupId);
        return keys.isEmpty() ? 0 : Integer.parseInt(keys.get(keys.size() - 1).name());
    }

    /** Somebody else who has written one at the same moment has seen as much, or the next run writes the next one. */
    private boolean isWritten(Certificate certificate) {
        if (certificate.number() > MAX_NUMBER) {
            return false;
        }
        try {
            archive.certificateWriter().write(certificate);
            return true;
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
            return false;
        }
    }

    /** From the oldest to the newest reading of some packs. */
    private final class Span {
        private boolean isComplete = true;
        private Instant oldest;
        private Instant newest;

        private void add(ObjectId pack) {
            Optional<VerifiedPack> known = memory.find(pack).filter(VerifiedPack::isGood);
            if (known.isEmpty() || marked.contains(pack)) {
                isComplete = false;
                return;
            }
            Instant at = known.get().at();
            oldest = oldest == null || at.isBefore(oldest) ? at : oldest;
            newest = newest == null || at.isAfter(newest) ? at : newest;
        }
    }
}
