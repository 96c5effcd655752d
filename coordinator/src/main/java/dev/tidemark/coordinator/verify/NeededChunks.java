package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which chunks and packs backups need, by their numbers in the index. Memory: a bit for each chunk of the index, and for each
 * backup a bit for each of its packs: 1,000 backups in an archive of 100,000 packs (1.6 TB) take 12.5 MB. Not thread-safe.
 */
final class NeededChunks {
    private final ChunkIndex index;
    private final BitSet chunks = new BitSet();
    private final Map<String, BitSet> packsByBackup = new LinkedHashMap<>();
    private final Map<String, Age> ages = new HashMap<>();
    private BitSet current = new BitSet();

    NeededChunks(ChunkIndex index) {
        this.index = index;
    }

    /** Begins a backup: what is added from now on is what it needs. */
    void begin(Manifest manifest) {
        current = new BitSet();
        packsByBackup.put(manifest.backupId(), current);
        ages.put(manifest.backupId(), new Age(manifest.backupTimestamp(), manifest.sequence()));
    }

    void add(int chunk) {
        chunks.set(chunk);
        current.set(index.packOf(chunk));
    }

    /** Returns the numbers of the chunks; not to be changed. */
    BitSet chunks() {
        return chunks;
    }

    /** Returns the numbers of the packs that a backup needs; not to be changed. */
    BitSet packs(String backupId) {
        return packsByBackup.getOrDefault(backupId, new BitSet());
    }

    /** Returns the numbers of all packs that some backup needs. */
    BitSet packs() {
        BitSet all = new BitSet();
        packsByBackup.values().forEach(all::or);
        return all;
    }

    /** Returns how many backups need each pack, by its number. */
    int[] backupsByPack() {
        int[] counts = new int[packs().length()];
        packsByBackup.values().forEach(packs -> packs.stream().forEach(pack -> counts[pack]++));
        return counts;
    }

    /** Returns how many needed chunks each pack holds, by its number. */
    int[] chunksByPack() {
        int[] counts = new int[packs().length()];
        chunks.stream().forEach(chunk -> counts[index.packOf(chunk)]++);
        return counts;
    }

    /** Returns the newest of some backups. */
    Optional<String> newest(Iterable<String> backupIds) {
        String newest = null;
        for (String id : backupIds) {
            boolean isNewer =
                    ages.containsKey(id) && (newest == null || ages.get(id).compareTo(ages.get(newest)) > 0);
            newest = isNewer ? id : newest;
        }
        return Optional.ofNullable(newest);
    }

    /** Backups are ordered by what they hold, as in the catalog. */
    private record Age(long backupTimestamp, long sequence) implements Comparable<Age> {
        private static final Comparator<Age> ORDER =
                Comparator.comparingLong(Age::backupTimestamp).thenComparingLong(Age::sequence);

        @Override
        public int compareTo(Age other) {
            return ORDER.compare(this, other);
        }
    }
}
