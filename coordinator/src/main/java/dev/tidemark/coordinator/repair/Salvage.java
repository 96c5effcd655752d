package dev.tidemark.coordinator.repair;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.operation.Operation.Transition;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;

/**
 * Moves the chunks that are still right, and that no other pack has, out of damaged packs: older backups need them, and the store
 * may not have them any more. Under the namespace's lock. Memory: two indexes.
 */
final class Salvage {
    private final NamespaceArchive archive;
    private final StepContext<RepairState> context;
    private final ChunkIndex everything;
    private final ChunkIndex usable;
    private final ChunkReader reader;
    private final ChunkWriter writer;
    private final int currentKeyId;
    private int moved;

    Salvage(NamespaceArchive archive, StepContext<RepairState> context) {
        this.archive = archive;
        this.context = context;
        currentKeyId = archive.chunks().currentKeyId();
        everything = archive.loadIndex();
        usable = archive.loadIndexForWriting();
        reader = archive.chunkReader(everything);
        writer = archive.chunkWriter(usable);
    }

    /** Salvages what any backup needs; where nothing is marked there is nothing to do. */
    static Transition<RepairState> run(NamespaceArchive archive, RepairState state, StepContext<RepairState> context) {
        if (archive.damageMarks().packs().isEmpty()) {
            return Transition.next(state);
        }
        Salvage salvage = new Salvage(archive, context);
        archive.manifests().backupIds().forEach(salvage::moveAll);
        context.ensureHeld();
        salvage.writer.flush();
        return Transition.next(
                salvage.moved == 0
                        ? state
                        : state.withRepaired(
                                salvage.moved + " chunks that are right were moved out of packs that are damaged"));
    }

    /** What can't be read is reported with the inventories. */
    private void moveAll(String backupId) {
        try {
            Manifest manifest = archive.manifests().read(backupId);
            manifest.stores().stream().flatMap(store -> store.nodes().stream()).forEach(this::moveAll);
        } catch (CoordinatorException e) {
            if (!isDamage(e)) {
                throw e;
            }
        }
    }

    private void moveAll(NodeBackup node) {
        try (CloseableIterator<FileEntry> entries = archive.readFileList(node.fileList())) {
            while (entries.hasNext()) {
                for (ChunkId chunk : entries.next().chunks()) {
                    if (!usable.contains(chunk) && isOfCurrentKey(chunk)) {
                        move(chunk);
                    }
                }
            }
        }
    }

    /** Under another data key it would get another id, and not be found. */
    private boolean isOfCurrentKey(ChunkId chunk) {
        int number = everything.numberOf(chunk);
        return number >= 0 && everything.location(number).keyId() == currentKeyId;
    }

    private void move(ChunkId chunk) {
        try {
            byte[] content = reader.read(chunk);
            context.ensureHeld();
            moved += writer.store(ByteBuffer.wrap(content)).isNew() ? 1 : 0;
        } catch (CoordinatorException e) {
            if (!isDamage(e)) {
                throw e;
            }
        }
    }

    private static boolean isDamage(CoordinatorException e) {
        return e.code() == ErrorCode.OBJECT_DAMAGED
                || e.code() == ErrorCode.OBJECT_MISSING
                || e.code() == ErrorCode.MANIFEST_INVALID
                || e.code() == ErrorCode.UNKNOWN_BACKUP;
    }
}
