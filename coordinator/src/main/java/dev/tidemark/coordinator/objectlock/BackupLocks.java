package dev.tidemark.coordinator.objectlock;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.ArchiveHeader;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.inventory.InventoryReader;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectLocks;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Extends the locks of what a backup needs. New objects are locked when they are created, by whoever creates them; an object that an
 * older backup has brought, and this one uses again, would be free before this backup's own objects are. So would the archive's header,
 * its key slots and the data keys, without which nothing can be read.
 *
 * <p>Costs a request for each object, and a second one for each whose lock ends too early. Does nothing where the store was not told to
 * lock. For one backup; not thread-safe.
 */
public final class BackupLocks {
    /** Objects that are looked at together, so that a million packs are not remembered. */
    private static final int BATCH = 1_000;

    private final NamespaceArchive archive;
    private final ParallelWork work;
    private final Consumer<String> remarks;
    private final AtomicLong refused = new AtomicLong();
    private final AtomicReference<String> firstRefusal = new AtomicReference<>();

    /**
     * Prepares the extension of locks.
     *
     * @param work asks the store about several objects at a time
     * @param remarks is told of refusals that the configuration tolerates
     */
    public BackupLocks(NamespaceArchive archive, ParallelWork work, Consumer<String> remarks) {
        this.archive = archive;
        this.work = work;
        this.remarks = remarks;
    }

    /**
     * Makes the locks of everything that the backup needs, but for its manifest, last for the configured period from a time on; to be
     * called when the inventory is durable and before the manifest is written.
     *
     * @param fileLists of all nodes of the backup
     * @param from when the operation has begun: what it has created is locked for so long already
     * @throws CoordinatorException {@link ErrorCode#OBJECT_LOCKED}, {@link ErrorCode#ARCHIVE_ACCESS_DENIED} or
     *     {@link ErrorCode#ARCHIVE_TOO_WEAK} when the store refuses and the configuration does not tolerate that,
     *     {@link ErrorCode#OBJECT_MISSING} when an object has vanished
     */
    public void extend(Inventory inventory, Iterable<FileListRef> fileLists, Instant from) {
        Optional<ObjectLocks> locks = archive.store().locks();
        if (locks.isEmpty()) {
            return;
        }
        Batches batches =
                new Batches(locks.get(), end(locks.get(), from), locks.get().isRequired());
        InventoryReader inventories = archive.inventories();
        batches.add(inventories.key(inventory.backupId(), inventory.generation()));
        inventory.parts().forEach(part -> batches.add(inventories.partKey(part.object())));
        fileLists.forEach(list ->
                list.parts().forEach(part -> batches.add(archive.layout().fileList(part.object()))));
        batches.add(ArchiveHeader.KEY);
        archive.store().forEach("keys/", info -> batches.add(info.key()));
        archive.store().forEach(archive.layout().dataKeys(), info -> batches.add(info.key()));
        inventories.forEachPack(inventory, pack -> batches.add(archive.layout().pack(pack.pack())));
        batches.run();
        report(inventory.backupId(), batches.end);
    }

    /** Does the same for the manifest and its copy. They are there: a refusal does not undo the backup, and is a remark. */
    public void extendManifest(String backupId, Instant from) {
        archive.store().locks().ifPresent(locks -> {
            Batches batches = new Batches(locks, end(locks, from), false);
            batches.add(archive.layout().manifest(backupId));
            batches.add(archive.layout().manifestCopy(backupId));
            batches.run();
            report(backupId, batches.end);
        });
    }

    /** Stores keep whole seconds. */
    private static Instant end(ObjectLocks locks, Instant from) {
        return from.truncatedTo(ChronoUnit.SECONDS).plus(locks.period());
    }

    private void report(String backupId, Instant end) {
        if (refused.get() > 0) {
            remarks.accept(refused.getAndSet(0) + " objects that backup '" + backupId
                    + "' needs could not be locked until " + end + ": " + firstRefusal.getAndSet(null));
        }
    }

    private static boolean isRefusal(CoordinatorException e) {
        return e.code() == ErrorCode.OBJECT_LOCKED
                || e.code() == ErrorCode.ARCHIVE_ACCESS_DENIED
                || e.code() == ErrorCode.ARCHIVE_TOO_WEAK;
    }

    private final class Batches {
        private final ObjectLocks locks;
        private final Instant end;
        private final boolean isRequired;
        private final List<ObjectKey> batch = new ArrayList<>();

        private Batches(ObjectLocks locks, Instant end, boolean isRequired) {
            this.locks = locks;
            this.end = end;
            this.isRequired = isRequired;
        }

        private void add(ObjectKey key) {
            batch.add(key);
            if (batch.size() == BATCH) {
                run();
            }
        }

        private void run() {
            work.run(batch, this::extend);
            batch.clear();
        }

        private void extend(ObjectKey key) {
            try {
                locks.extend(key, end);
            } catch (CoordinatorException e) {
                if (!isRefusal(e)) {
                    throw e;
                }
                if (isRequired) {
                    throw new CoordinatorException(
                            e.code(),
                            "object '" + key + "', which the backup needs, can't be locked until " + end + ": "
                                    + e.getMessage(),
                            "Allow s3:GetObjectRetention and s3:PutObjectRetention, or set 'objectLock.required' to false.",
                            e);
                }
                refused.incrementAndGet();
                firstRefusal.compareAndSet(null, e.getMessage());
            }
        }
    }
}
