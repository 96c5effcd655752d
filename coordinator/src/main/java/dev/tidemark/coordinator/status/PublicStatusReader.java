package dev.tidemark.coordinator.status;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.inventory.InventoryReader;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.marks.DamageMarks;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads how namespaces are with the public key alone: what manifests, certificates and the names of damage marks say. Operations, their
 * failures and holds are encrypted, and not known here: a backup that is under way does not keep a schedule from counting as stopped.
 * Writes nothing. Thread-safe.
 */
public final class PublicStatusReader {
    private final PublicArchive archive;

    /** Creates a reader. */
    public PublicStatusReader(PublicArchive archive) {
        this.archive = archive;
    }

    /**
     * Reads how a namespace is; one that the archive has never seen has no backup.
     *
     * @param now the time that ages are counted from, by this process's clock
     * @throws CoordinatorException what says nothing about the namespace, as {@link ErrorCode#ARCHIVE_UNAVAILABLE}
     */
    public NamespaceStatus read(String namespace, Objectives objectives, Instant now) {
        List<BackupSummary> backups = new ArrayList<>();
        List<DamagedManifest> damaged =
                archive.manifests(namespace).forEach(manifest -> backups.add(BackupSummary.of(manifest)));
        BackupList list = BackupList.sorted(backups, damaged);
        Map<String, String> suffering = suffering(namespace, list.backups());
        StatusFacts facts = new StatusFacts(
                list,
                suffering,
                false,
                CertifiedBackups.verifiedAt(
                        () -> archive.certificateCheck(namespace), list, suffering, objectives, now),
                UnfinishedOperation.NONE,
                List.of(),
                List.of(),
                List.of());
        return new StatusRules(namespace, objectives, now, facts).decide();
    }

    /** Which chunk of a marked pack is damaged is encrypted: whoever needs the pack suffers. */
    private Map<String, String> suffering(String namespace, List<BackupSummary> backups) {
        Map<String, String> suffering = new TreeMap<>();
        NamespaceLayout layout = NamespaceLayout.of(namespace);
        Set<ObjectId> marked = new HashSet<>(DamageMarks.packs(archive.store(), layout));
        if (marked.isEmpty()) {
            return suffering;
        }
        InventoryReader inventories =
                new InventoryReader(archive.store(), layout, archive.id(), archive.verifyingKey());
        for (BackupSummary backup : backups) {
            int packs = markedPacks(inventories, backup.backupId(), marked);
            if (packs == 0) {
                break;
            }
            suffering.put(
                    backup.backupId(),
                    packs < 0 ? "its inventory can't be read" : packs + " of its packs are marked as damaged");
        }
        return suffering;
    }

    /** Returns -1 when the inventory can't be read. */
    private static int markedPacks(InventoryReader inventories, String backupId, Set<ObjectId> marked) {
        try {
            int[] packs = {-1};
            inventories.find(backupId).ifPresent(inventory -> {
                packs[0] = 0;
                inventories.forEachPack(inventory, pack -> packs[0] += marked.contains(pack.pack()) ? 1 : 0);
            });
            return packs[0];
        } catch (CoordinatorException e) {
            if (!StatusReader.isDamage(e)) {
                throw e;
            }
            return -1;
        }
    }
}
