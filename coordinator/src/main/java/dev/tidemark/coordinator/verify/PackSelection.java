package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import java.util.List;

/** Chooses which packs are read, and in which order. */
@FunctionalInterface
interface PackSelection {
    /** All packs that are needed, in the order of their ids. */
    PackSelection ALL = (index, needed, newestBackup) -> needed.packs().stream()
            .boxed()
            .sorted((one, other) ->
                    index.pack(one).id().compareTo(index.pack(other).id()))
            .toList();

    /**
     * Chooses.
     *
     * @param newestBackup id of the newest backup with which nothing is wrong so far, or empty
     * @return numbers of packs in the index
     */
    List<Integer> choose(ChunkIndex index, NeededChunks needed, String newestBackup);
}
