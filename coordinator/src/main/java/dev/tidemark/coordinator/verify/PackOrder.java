package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.verified.VerifiedPack;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Puts packs into the order in which reading them is worth most: those that were never read; then those whose reading is longest ago;
 * among equals those of the newest good backup, then those that most backups need. Memory: a boxed number for each pack.
 */
final class PackOrder implements PackSelection {
    private final PackChoice choice;
    private final VerificationMemory memory;
    private final Instant now;
    private final RandomGenerator random;
    private final List<String> notes = new ArrayList<>();
    private long neededBytes;
    private int neededPacks;

    PackOrder(PackChoice choice, VerificationMemory memory, Instant now, RandomGenerator random) {
        this.choice = choice;
        this.memory = memory;
        this.now = now;
        this.random = random;
    }

    /** Returns what has to be said of the choice. */
    List<String> notes() {
        return notes;
    }

    int neededPacks() {
        return neededPacks;
    }

    long neededBytes() {
        return neededBytes;
    }

    @Override
    public List<Integer> choose(ChunkIndex index, NeededChunks needed, String newestBackup) {
        List<Integer> packs = new ArrayList<>(PackSelection.ALL.choose(index, needed, newestBackup));
        neededPacks = packs.size();
        neededBytes =
                packs.stream().mapToLong(pack -> index.pack(pack).sizeBytes()).sum();
        if (choice instanceof PackChoice.Share share) {
            return sample(packs, (int) Math.ceil(packs.size() * share.percent() / 100));
        }
        if (choice instanceof PackChoice.Count count) {
            return sample(packs, Math.min(count.packs(), packs.size()));
        }
        sort(packs, index, needed, newestBackup);
        if (choice instanceof PackChoice.Budget budget) {
            return within(budget.bytes(), packs, index);
        }
        if (choice instanceof PackChoice.Daily daily) {
            return within(leftOf(daily, packs, index), packs, index);
        }
        return packs;
    }

    private void sort(List<Integer> packs, ChunkIndex index, NeededChunks needed, String newestBackup) {
        int[] backups = needed.backupsByPack();
        BitSet newest = needed.packs(newestBackup);
        packs.sort(
                Comparator.comparing((Integer pack) -> lastRead(index.pack(pack).id()))
                        .thenComparing(pack -> !newest.get(pack))
                        .thenComparing(pack -> -backups[pack]));
    }

    private Instant lastRead(ObjectId pack) {
        return memory.find(pack).map(VerifiedPack::at).orElse(Instant.MIN);
    }

    private List<Integer> sample(List<Integer> packs, int count) {
        for (int i = 0; i < count; i++) {
            Collections.swap(packs, i, i + random.nextInt(packs.size() - i));
        }
        return packs.subList(0, count);
    }

    private long leftOf(PackChoice.Daily daily, List<Integer> packs, ChunkIndex index) {
        long bytesPerDay = daily.bytesPerDay() == 0 ? sufficient(daily.within(), packs, index) : daily.bytesPerDay();
        long left = Math.max(0, bytesPerDay - memory.bytesReadOn(now));
        notes.add("the budget of the day is " + bytesPerDay + " bytes, of which " + left + " are left");
        return left;
    }

    /** What is left over each day is less than a pack. */
    private long sufficient(Duration within, List<Integer> packs, ChunkIndex index) {
        long days = within.toDays();
        int largest = packs.stream()
                .mapToInt(pack -> index.pack(pack).sizeBytes())
                .max()
                .orElse(0);
        return (neededBytes + days - 1) / days + largest;
    }

    /** Stops at the first pack that does not fit: what is due longest is not passed over. */
    private List<Integer> within(long bytes, List<Integer> packs, ChunkIndex index) {
        long left = bytes;
        int count = 0;
        while (count < packs.size() && index.pack(packs.get(count)).sizeBytes() <= left) {
            left -= index.pack(packs.get(count)).sizeBytes();
            count++;
        }
        if (count == 0 && !packs.isEmpty()) {
            notes.add("nothing was read: the next pack has "
                    + index.pack(packs.get(0)).sizeBytes() + " bytes, and " + bytes + " may be read");
        }
        return packs.subList(0, count);
    }
}
