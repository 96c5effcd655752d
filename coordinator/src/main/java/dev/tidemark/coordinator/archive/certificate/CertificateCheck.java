package dev.tidemark.coordinator.archive.certificate;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.inventory.InventoryReader;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.manifest.ManifestReader;
import dev.tidemark.coordinator.archive.marks.DamageMarks;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Compares certificates with the archive as it is, by the public key alone: reads manifests, inventories and the names of damage
 * marks, no packs, and writes nothing. Marks are listed once. Thread-safe.
 */
public final class CertificateCheck {
    private final ObjectStore store;
    private final ManifestReader manifests;
    private final InventoryReader inventories;
    private final CertificateReader certificates;
    private final Set<ObjectId> marked;

    /**
     * Creates a check; lists the damage marks.
     *
     * @param archiveId the archive that everything must belong to
     */
    public CertificateCheck(ObjectStore store, NamespaceLayout layout, String archiveId, VerifyingKey verifyingKey) {
        this.store = store;
        manifests = new ManifestReader(store, layout, archiveId, verifyingKey);
        inventories = new InventoryReader(store, layout, archiveId, verifyingKey);
        certificates = new CertificateReader(store, layout, archiveId, verifyingKey);
        marked = new HashSet<>(DamageMarks.packs(store, layout));
    }

    /**
     * Looks at the certificate of a backup; empty when it has none.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP} when there is no such backup, {@link ErrorCode#MANIFEST_INVALID}
     *     when its manifest can't be believed, {@link ErrorCode#OBJECT_DAMAGED} when the certificate can't
     */
    public Optional<CertificateStatus> find(String backupId) {
        byte[] manifest = manifests.readSigned(backupId);
        return certificates.find(backupId).map(certificate -> status(certificate, manifest));
    }

    private CertificateStatus status(Certificate certificate, byte[] manifest) {
        if (certificate.result() == Certificate.Result.DAMAGED) {
            return new CertificateStatus(certificate, CertificateStatus.State.WITHDRAWN, certificate.problem());
        }
        if (!ObjectHash.ofContent(ByteBuffer.wrap(manifest)).equals(certificate.manifestSha256())) {
            return outdated(certificate, "the backup has another manifest than the one that was verified");
        }
        return inventoryProblem(certificate)
                .map(problem -> outdated(certificate, problem))
                .orElseGet(() -> new CertificateStatus(certificate, CertificateStatus.State.VALID, ""));
    }

    private Optional<String> inventoryProblem(Certificate certificate) {
        try {
            Optional<Inventory> inventory = inventories.find(certificate.backupId());
            if (inventory.isEmpty()) {
                return Optional.of("the inventory of the backup is missing");
            }
            if (!inventory.map(Inventory::generation).equals(Optional.of(certificate.inventoryGeneration()))
                    || !hash(inventory.get()).equals(certificate.inventorySha256())) {
                return Optional.of("the backup has another inventory since: chunks have moved to other packs");
            }
            return marked.isEmpty() ? Optional.empty() : markProblem(inventory.get());
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.OBJECT_MISSING) {
                return Optional.of(e.getMessage());
            }
            throw e;
        }
    }

    private ObjectHash hash(Inventory inventory) {
        return ObjectHash.ofContent(
                ByteBuffer.wrap(store.read(inventories.key(inventory.backupId(), inventory.generation()))));
    }

    private Optional<String> markProblem(Inventory inventory) {
        int[] damaged = new int[1];
        inventories.forEachPack(inventory, pack -> damaged[0] += marked.contains(pack.pack()) ? 1 : 0);
        return damaged[0] == 0
                ? Optional.empty()
                : Optional.of(damaged[0] + " of its packs are marked as damaged since");
    }

    private static CertificateStatus outdated(Certificate certificate, String reason) {
        return new CertificateStatus(certificate, CertificateStatus.State.OUTDATED, reason);
    }
}
