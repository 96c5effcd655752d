package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import java.util.BitSet;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tells which backups suffer from packs that are marked as damaged. Where nothing is marked, that is one listing; else the file lists
 * of the backups are read whose inventories name a marked pack: one whose chunks were stored again elsewhere is well. Reads no packs,
 * and writes nothing.
 */
public final class MarkedBackups {
    private final NamespaceArchive archive;

    /** Creates a look at a namespace. */
    public MarkedBackups(NamespaceArchive archive) {
        this.archive = archive;
    }

    /**
     * Finds those that suffer.
     *
     * @param backupIds of backups whose manifests can be read
     * @return what is wrong, by the backup's id
     */
    public Map<String, String> find(Collection<String> backupIds) {
        Map<String, String> damaged = new TreeMap<>();
        KnownDamage known = new KnownDamage(archive);
        if (known.isEmpty()) {
            return damaged;
        }
        ChunkIndex index = archive.loadIndex();
        for (String id : backupIds) {
            if (isSuspect(id, known)) {
                problem(id, index, known).ifPresent(problem -> damaged.put(id, problem));
            }
        }
        return damaged;
    }

    private boolean isSuspect(String backupId, KnownDamage known) {
        try {
            Optional<Inventory> inventory = archive.inventories().find(backupId);
            boolean[] isSuspect = {inventory.isEmpty()};
            inventory.ifPresent(found ->
                    archive.inventories().forEachPack(found, pack -> isSuspect[0] |= known.isMarked(pack.pack())));
            return isSuspect[0];
        } catch (CoordinatorException e) {
            BackupLists.requireDamage(e);
            return true;
        }
    }

    private Optional<String> problem(String backupId, ChunkIndex index, KnownDamage known) {
        NeededChunks needed = new NeededChunks(index);
        BackupFindings findings = new BackupFindings(backupId);
        long[] missing = new long[1];
        BackupLists.reporting(findings, archive.layout().manifest(backupId).value(), () -> {
            Manifest manifest = archive.manifests().read(backupId);
            needed.begin(manifest);
            new BackupLists(archive).forEachFile(findings, manifest, file -> {
                for (ChunkId id : file.entry().chunks()) {
                    int number = index.numberOf(id);
                    if (number < 0) {
                        missing[0]++;
                    } else {
                        needed.add(number);
                    }
                }
            });
        });
        long bad = missing[0] + known.badChunks(index, needed, new BitSet()).cardinality();
        if (bad > 0) {
            return Optional.of(bad + " of its chunks are lost or in packs that are marked as damaged");
        }
        return findings.result().isGood()
                ? Optional.empty()
                : Optional.of(findings.result().damages().get(0).message());
    }
}
