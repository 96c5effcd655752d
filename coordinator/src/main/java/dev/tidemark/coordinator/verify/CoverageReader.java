package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.certificate.CertificateCheck;
import dev.tidemark.coordinator.archive.certificate.CertificateStatus;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.archive.verified.VerifiedPack;
import dev.tidemark.coordinator.verify.Coverage.Amount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Works out how much of what backups need was verified, from inventories and from what verification remembers. Reads no pack and
 * writes nothing. Memory: see {@link PackTable} and {@link VerificationMemory}.
 */
public final class CoverageReader {
    private final NamespaceArchive archive;

    /** Creates a reader for a namespace. */
    public CoverageReader(NamespaceArchive archive) {
        this.archive = archive;
    }

    /**
     * Works it out.
     *
     * @param within how old a reading may be
     * @param now the time that ages are counted from
     */
    public Coverage read(Duration within, Instant now) {
        PackTable needed = new PackTable();
        List<String> ids = archive.manifests().backupIds();
        List<String> unknown = ids.stream().filter(id -> !isKnown(id, needed)).toList();
        VerificationMemory memory =
                VerificationMemory.load(archive.verificationRecords(), now, pack -> needed.numberOf(pack.pack()) >= 0);
        Set<ObjectId> marked = new HashSet<>(archive.damageMarks().packs());
        Counts counts = new Counts(now.minus(within));
        for (int number = 0; number < needed.count(); number++) {
            ObjectId pack = needed.id(number);
            counts.add(needed.sizeBytes(number), memory.find(pack), marked.contains(pack));
        }
        return new Coverage(
                archive.namespace(),
                now,
                within,
                ids.size(),
                certified(ids),
                unknown,
                counts.all,
                counts.fresh,
                counts.overdue,
                counts.never,
                counts.damaged,
                counts.oldest);
    }

    private boolean isKnown(String backupId, PackTable needed) {
        try {
            Optional<Inventory> inventory = archive.inventories().find(backupId);
            inventory.ifPresent(found ->
                    archive.inventories().forEachPack(found, pack -> needed.add(pack.pack(), pack.sizeBytes())));
            return inventory.isPresent();
        } catch (CoordinatorException e) {
            BackupLists.requireDamage(e);
            return false;
        }
    }

    private int certified(List<String> ids) {
        CertificateCheck check = archive.certificateCheck();
        List<String> certified = new ArrayList<>();
        for (String id : ids) {
            try {
                check.find(id)
                        .filter(status -> status.state() == CertificateStatus.State.VALID)
                        .ifPresent(status -> certified.add(id));
            } catch (CoordinatorException e) {
                BackupLists.requireDamage(e); // a certificate that can't be believed is none
            }
        }
        return certified.size();
    }

    private static final class Counts {
        private final Instant freshFrom;
        private Amount all = Amount.NONE;
        private Amount fresh = Amount.NONE;
        private Amount overdue = Amount.NONE;
        private Amount never = Amount.NONE;
        private Amount damaged = Amount.NONE;
        private Instant oldest = Instant.EPOCH;

        private Counts(Instant freshFrom) {
            this.freshFrom = freshFrom;
        }

        private void add(int sizeBytes, Optional<VerifiedPack> known, boolean isMarked) {
            all = all.plus(sizeBytes);
            if (isMarked || known.filter(pack -> !pack.isGood()).isPresent()) {
                damaged = damaged.plus(sizeBytes);
                return;
            }
            if (known.isEmpty()) {
                never = never.plus(sizeBytes);
                return;
            }
            Instant at = known.get().at();
            oldest = oldest.equals(Instant.EPOCH) || at.isBefore(oldest) ? at : oldest;
            if (at.isBefore(freshFrom)) {
                overdue = overdue.plus(sizeBytes);
            } else {
                fresh = fresh.plus(sizeBytes);
            }
        }
    }
}
