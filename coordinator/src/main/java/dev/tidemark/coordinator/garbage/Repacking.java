package dev.tidemark.coordinator.garbage;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkLocation;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Moves the needed chunks of packs of which little is needed to other packs, so that these can go. First the chunks are durable
 * in their new packs, then every backup that needs one gets a new inventory; nothing refers to the old packs any more then, and they are
 * condemned like all others.
 */
final class Repacking {
    private final NamespaceArchive archive;
    private final GarbageOptions options;
    private final InstantSource clock;
    private final StepContext<GarbageState> context;

    Repacking(
            NamespaceArchive archive, GarbageOptions options, InstantSource clock, StepContext<GarbageState> context) {
        this.archive = archive;
        this.options = options;
        this.clock = clock;
        this.context = context;
    }

    GarbageState run(GarbageState state) {
        ChunkIndex index = archive.loadIndexForWriting();
        BitSet needed = new BitSet();
        List<Manifest> manifests = new ArrayList<>();
        try {
            archive.manifests().backupIds().forEach(id -> {
                Manifest manifest = archive.manifests().read(id);
                markNeeded(manifest, index, needed);
                manifests.add(manifest);
            });
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_DAMAGED
                    && e.code() != ErrorCode.OBJECT_MISSING
                    && e.code() != ErrorCode.MANIFEST_INVALID) {
                throw e;
            }
            context.note("nothing is repacked: " + e.getMessage());
            return state;
        }
        PackTable chosen = choose(index, needed);
        if (chosen.count() == 0) {
            return state;
        }
        ChunkIndex others = archive.chunks().loadIndexWithout(chosen);
        long movedBytes = move(chosen, index, others, needed);
        for (Manifest manifest : manifests) {
            if (needsOneOf(chosen, manifest.backupId())) {
                context.ensureHeld();
                archive.inventoryWriter()
                        .write(manifest.backupId(), LiveObjects.lists(manifest), others, clock.instant());
            }
        }
        return state.withRepacked(chosen.count(), movedBytes);
    }

    private void markNeeded(Manifest manifest, ChunkIndex index, BitSet needed) {
        for (FileListRef list : LiveObjects.lists(manifest)) {
            try (CloseableIterator<FileEntry> entries = archive.readFileList(list)) {
                while (entries.hasNext()) {
                    for (ChunkId chunk : entries.next().chunks()) {
                        int number = index.numberOf(chunk);
                        if (number < 0) {
                            throw new CoordinatorException(
                                    ErrorCode.OBJECT_MISSING,
                                    "backup '" + manifest.backupId() + "' is damaged",
                                    "Run 'tidemark verify'.");
                        }
                        needed.set(number);
                    }
                }
            }
        }
    }

    /**
     * Returns the packs of which the smallest shares are needed, as many as the limit allows. Those of an earlier data key stay as they
     * are: written anew, their chunks would have other ids than the backups name.
     */
    private PackTable choose(ChunkIndex index, BitSet needed) {
        PackTable packs = new PackTable();
        List<long[]> neededBytes = new ArrayList<>();
        BitSet isOfCurrentKey = new BitSet();
        int currentKeyId = archive.chunks().currentKeyId();
        needed.stream().forEach(number -> {
            ChunkLocation place = index.location(number);
            int pack = packs.add(place.pack(), place.packSizeBytes());
            if (pack == neededBytes.size()) {
                neededBytes.add(new long[1]);
                isOfCurrentKey.set(pack, place.keyId() == currentKeyId);
            }
            neededBytes.get(pack)[0] += place.storedLength();
        });
        List<Integer> sparse = new ArrayList<>();
        for (int pack = 0; pack < packs.count(); pack++) {
            if (isOfCurrentKey.get(pack) && neededBytes.get(pack)[0] < options.repackBelow() * packs.sizeBytes(pack)) {
                sparse.add(pack);
            }
        }
        sparse.sort(Comparator.comparingDouble(pack -> (double) neededBytes.get(pack)[0] / packs.sizeBytes(pack)));
        PackTable chosen = new PackTable();
        long bytes = 0;
        for (int pack : sparse) {
            bytes += neededBytes.get(pack)[0];
            if (bytes > options.maximumRepackBytes()) {
                break;
            }
            chosen.add(packs.id(pack), packs.sizeBytes(pack));
        }
        return chosen;
    }

    private long move(PackTable chosen, ChunkIndex index, ChunkIndex others, BitSet needed) {
        ChunkReader reader = archive.chunkReader(index);
        ChunkWriter writer = archive.chunkWriter(others);
        long bytes = 0;
        for (int number = needed.nextSetBit(0); number >= 0; number = needed.nextSetBit(number + 1)) {
            ChunkLocation place = index.location(number);
            if (chosen.numberOf(place.pack()) >= 0) {
                context.ensureHeld();
                bytes += writer.store(reader.view(index.id(number))).rawLength();
                context.progress(bytes, 0, 0);
            }
        }
        writer.flush();
        return bytes;
    }

    private boolean needsOneOf(PackTable chosen, String backupId) {
        boolean[] isNeeded = new boolean[1];
        Inventory inventory = archive.inventories()
                .find(backupId)
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.OBJECT_MISSING,
                        "backup '" + backupId + "' has no inventory",
                        "Run 'tidemark repair'."));
        archive.inventories().forEachPack(inventory, pack -> isNeeded[0] |= chosen.numberOf(pack.pack()) >= 0);
        return isNeeded[0];
    }
}
