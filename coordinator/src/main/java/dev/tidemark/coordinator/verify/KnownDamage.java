package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.marks.DamageMark;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The damage that earlier verifications have found and marked. Lists the marks once, and reads those on packs that matter. Memory: the
 * ids of the marked packs. Thread-safe.
 */
final class KnownDamage {
    private final NamespaceArchive archive;
    private final Set<ObjectId> packs;

    /** Lists the marks of a namespace. */
    KnownDamage(NamespaceArchive archive) {
        this.archive = archive;
        packs = new HashSet<>(archive.damageMarks().packs());
    }

    boolean isEmpty() {
        return packs.isEmpty();
    }

    boolean isMarked(ObjectId pack) {
        return packs.contains(pack);
    }

    /** Returns the marked packs, ordered. */
    List<ObjectId> packs() {
        return packs.stream().sorted().toList();
    }

    /**
     * Returns the numbers of the needed chunks that are damaged by what is known: they would be read from a marked pack, because no
     * other one has them.
     *
     * @param without numbers of packs that don't count, because they were read since
     */
    BitSet badChunks(ChunkIndex index, NeededChunks needed, BitSet without) {
        BitSet bad = new BitSet();
        Map<Integer, Set<String>> damaged = new HashMap<>();
        if (!packs.isEmpty()) {
            needed.packs().stream()
                    .filter(pack -> !without.get(pack))
                    .filter(pack -> isMarked(index.pack(pack).id()))
                    .forEach(pack -> archive.damageMarks()
                            .find(index.pack(pack).id())
                            .map(DamageMark::chunks)
                            .ifPresent(chunks -> damaged.put(pack, new HashSet<>(chunks))));
        }
        if (!damaged.isEmpty()) {
            needed.chunks().stream()
                    .filter(chunk -> isDamaged(index, chunk, damaged.get(index.packOf(chunk))))
                    .forEach(bad::set);
        }
        return bad;
    }

    private static boolean isDamaged(ChunkIndex index, int chunk, Set<String> damaged) {
        return damaged != null
                && (damaged.isEmpty() || damaged.contains(index.id(chunk).toString()));
    }
}
