package dev.tidemark.coordinator.check;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.inventory.InventoryReader;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.marks.DamageMarks;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.status.NextBackup;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks namespaces with the public key alone. Not thread-safe.
 *
 * <p>Memory: one manifest and one part of an inventory at a time, and all packs of a namespace ({@link PackTable}).
 */
public final class ArchiveChecker {
    private final PublicArchive archive;
    private final CheckLevel level;
    private final Instant now;
    private final Duration grace;

    /**
     * Creates a checker with the usual grace, {@link NextBackup#DEFAULT_GRACE}.
     *
     * @param now the time that ages are counted from
     */
    public ArchiveChecker(PublicArchive archive, CheckLevel level, Instant now) {
        this(archive, level, now, NextBackup.DEFAULT_GRACE);
    }

    /**
     * Creates a checker.
     *
     * @param now the time that ages are counted from
     * @param grace how long a backup may be overdue, as a manifest has announced it; 0 or more
     */
    public ArchiveChecker(PublicArchive archive, CheckLevel level, Instant now, Duration grace) {
        this.archive = archive;
        this.level = level;
        this.now = now;
        this.grace = grace;
    }

    /**
     * Checks the backups of a namespace.
     *
     * @param maximumAge greatest age of the state that the newest good backup may hold; zero for any
     * @param newest how many backups are checked, the newest first
     * @throws CoordinatorException what says nothing about the backups, as {@link ErrorCode#ARCHIVE_UNAVAILABLE}
     */
    public NamespaceCheck check(String namespace, Duration maximumAge, int newest) {
        NamespaceLayout layout = NamespaceLayout.of(namespace);
        List<Known> known = new ArrayList<>();
        List<DamagedManifest> damaged = archive.manifests(namespace)
                .forEach(manifest -> known.add(new Known(
                        manifest.sequence(), manifest.timeAtBackupTimestamp(), NextBackup.Word.of(manifest))));
        known.sort(Comparator.comparingLong(Known::sequence).reversed());
        Namespace checked = new Namespace(layout);
        List<BackupCheck> backups = new ArrayList<>();
        damaged.forEach(manifest ->
                backups.add(new BackupCheck(manifest.backupId(), Instant.EPOCH, 0, 0, List.of(manifest.message()))));
        known.stream().limit(newest).forEach(backup -> backups.add(checked.check(backup)));
        List<BackupCheck> good = backups.stream().filter(BackupCheck::isGood).toList();
        NextBackup next = NextBackup.of(known.stream().map(Known::word).toList(), now);
        String reason = staleReason(good, maximumAge, next);
        return new NamespaceCheck(
                namespace,
                state(backups, good, reason),
                good.isEmpty() ? "" : good.get(0).backupId(),
                good.isEmpty() ? Instant.EPOCH : good.get(0).timeAtBackupTimestamp(),
                reason,
                backups);
    }

    private String staleReason(List<BackupCheck> good, Duration maximumAge, NextBackup next) {
        if (good.isEmpty()) {
            return "there is no good backup";
        }
        Instant time = good.get(0).timeAtBackupTimestamp();
        if (!maximumAge.isZero() && time.isBefore(now.minus(maximumAge))) {
            return "the newest good state is of " + time;
        }
        return next.isMissed(now, grace) ? "the next backup was due at " + next.due() : "";
    }

    private static NamespaceCheck.State state(List<BackupCheck> backups, List<BackupCheck> good, String reason) {
        if (good.size() < backups.size()) {
            return NamespaceCheck.State.DAMAGED;
        }
        return reason.isEmpty() ? NamespaceCheck.State.RESTORABLE : NamespaceCheck.State.STALE;
    }

    private record Known(long sequence, Instant time, NextBackup.Word word) {
        private String backupId() {
            return word.backupId();
        }
    }

    /** The objects of one namespace, listed once; what was read for one backup is not read for the next. */
    private final class Namespace {
        private final NamespaceLayout layout;
        private final InventoryReader inventories;
        private final PackTable packs = new PackTable();
        private final PackTable marked = new PackTable();
        private final BitSet good = new BitSet();
        private final BitSet bad = new BitSet();
        private final Map<ObjectId, Boolean> lists = new HashMap<>();

        private Namespace(NamespaceLayout layout) {
            this.layout = layout;
            inventories = new InventoryReader(archive.store(), layout, archive.id(), archive.verifyingKey());
            archive.store().forEach(layout.packs(), this::add);
            DamageMarks.packs(archive.store(), layout).forEach(pack -> marked.add(pack, 0));
        }

        private void add(ObjectInfo info) {
            if (ObjectId.isValid(info.key().name()) && info.sizeBytes() <= ObjectStore.MAX_OBJECT_BYTES) {
                packs.add(ObjectId.parse(info.key().name()), (int) info.sizeBytes());
            }
        }

        private BackupCheck check(Known backup) {
            Findings findings = new Findings();
            findings.guard(() -> {
                Manifest manifest = archive.manifests(layout.namespace()).read(backup.backupId());
                manifest.stores().stream()
                        .flatMap(store -> store.nodes().stream())
                        .flatMap(node -> node.fileList().parts().stream())
                        .forEach(part -> checkList(part, findings));
            });
            findings.guard(() -> checkInventory(backup.backupId(), findings));
            return new BackupCheck(
                    backup.backupId(), backup.time(), findings.objects, findings.bytes, findings.problems);
        }

        private void checkInventory(String backupId, Findings findings) {
            Inventory inventory = inventories
                    .find(backupId)
                    .orElseThrow(() -> new CoordinatorException(
                            ErrorCode.OBJECT_MISSING,
                            "there is no inventory '" + inventories.key(backupId, 1) + "'",
                            "Run 'tidemark repair'."));
            for (int keyId : inventory.keyIds()) {
                if (archive.store().head(layout.dataKey(keyId)).isEmpty()) {
                    findings.add("data key '" + layout.dataKey(keyId) + "' is missing: nothing can be decrypted");
                }
            }
            inventories.forEachPack(inventory, pack -> checkPack(pack, findings));
        }

        private void checkPack(Inventory.NeededPack pack, Findings findings) {
            findings.objects++;
            findings.bytes += pack.sizeBytes();
            ObjectKey key = layout.pack(pack.pack());
            int number = packs.numberOf(pack.pack());
            if (number < 0) {
                findings.add("pack '" + key + "' is missing");
            } else if (packs.sizeBytes(number) != pack.sizeBytes()) {
                findings.add("pack '" + key + "' has " + packs.sizeBytes(number) + " bytes (expected: "
                        + pack.sizeBytes() + ")");
            } else if (marked.numberOf(pack.pack()) >= 0) {
                findings.add(
                        "pack '" + key + "' is marked as damaged; if its chunks were stored again, 'tidemark repair'"
                                + " writes an inventory that does without it");
            } else if (level == CheckLevel.CONTENT && !isGood(number, key, pack.sha256())) {
                findings.add("pack '" + key + "' is not what was signed");
            }
        }

        private boolean isGood(int number, ObjectKey key, ObjectHash expected) {
            if (!good.get(number) && !bad.get(number)) {
                boolean isSame = ObjectHash.ofContent(
                                ByteBuffer.wrap(archive.store().read(key)))
                        .equals(expected);
                (isSame ? good : bad).set(number);
            }
            return good.get(number);
        }

        private void checkList(FileListRef.Part part, Findings findings) {
            findings.objects++;
            findings.bytes += part.sizeBytes();
            ObjectKey key = layout.fileList(part.object());
            if (!lists.computeIfAbsent(part.object(), id -> isListGood(key, part))) {
                findings.add("file list '" + key + "' is missing, or not what was signed");
            }
        }

        private boolean isListGood(ObjectKey key, FileListRef.Part part) {
            if (level == CheckLevel.EXISTENCE) {
                return archive.store()
                        .head(key)
                        .filter(info -> info.sizeBytes() == part.sizeBytes())
                        .isPresent();
            }
            try {
                return ObjectHash.ofContent(ByteBuffer.wrap(archive.store().read(key)))
                        .toString()
                        .equals(part.sha256());
            } catch (CoordinatorException e) {
                if (e.code() == ErrorCode.OBJECT_MISSING) {
                    return false;
                }
                throw e;
            }
        }
    }

    private static final class Findings {
        private final List<String> problems = new ArrayList<>();
        private long objects;
        private long bytes;

        private void add(String problem) {
            if (problems.size() < BackupCheck.MAX_PROBLEMS) {
                problems.add(problem);
            }
        }

        /** Damage is a finding; everything else ends the check. */
        private void guard(Runnable action) {
            try {
                action.run();
            } catch (CoordinatorException e) {
                boolean isDamage = e.code() == ErrorCode.OBJECT_MISSING
                        || e.code() == ErrorCode.OBJECT_DAMAGED
                        || e.code() == ErrorCode.MANIFEST_INVALID
                        || e.code() == ErrorCode.UNKNOWN_BACKUP
                        || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION;
                if (!isDamage) {
                    throw e;
                }
                add(e.getMessage());
            }
        }
    }
}
