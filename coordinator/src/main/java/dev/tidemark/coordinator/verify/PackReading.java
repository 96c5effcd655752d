package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkLocation;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.PackVerifier;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Reads packs whole, several at a time, and notes which of the needed chunks are right. A pack that seems damaged is read a second
 * time before anybody is told: damage on the way is not damage in the archive. Memory: two bits for each chunk, one pack for each
 * worker. One use; the results are to be asked for afterwards.
 */
final class PackReading {
    private final NamespaceArchive archive;
    private final ChunkIndex index;
    private final NeededChunks needed;
    private final ArchiveVerifier.Progress progress;
    private final Consumer<PackResult> listener;

    /** Those that no worker uses. */
    private final Queue<PackVerifier> verifiers = new ConcurrentLinkedQueue<>();

    /** Chunks that were read and are what their ids say; guarded by this, as all that follows. */
    private final BitSet good = new BitSet();

    private final BitSet readPacks = new BitSet();
    private final Map<ObjectId, String> damagedPacks = new TreeMap<>();
    private final Set<ObjectId> gonePacks = new LinkedHashSet<>();
    private final Set<ObjectId> imperfectPacks = new LinkedHashSet<>();
    private long readBytes;

    /**
     * Prepares a reading.
     *
     * @param listener is told of each pack right after it was read, by the workers, several at a time
     */
    PackReading(
            NamespaceArchive archive,
            ChunkIndex index,
            NeededChunks needed,
            ArchiveVerifier.Progress progress,
            Consumer<PackResult> listener) {
        this.archive = archive;
        this.index = index;
        this.needed = needed;
        this.progress = progress;
        this.listener = listener;
    }

    /**
     * Reads packs in this order.
     *
     * @param packs their numbers in the index
     */
    void read(List<Integer> packs, ParallelWork work) {
        long total =
                packs.stream().mapToLong(pack -> index.pack(pack).sizeBytes()).sum();
        int[] chunksByPack = needed.chunksByPack();
        work.run(packs, pack -> readPack(pack, chunksByPack[pack], total));
    }

    /** Returns the numbers of the packs that were read. */
    BitSet readPacks() {
        return readPacks;
    }

    /** Returns the packs of which nothing can be said but by single chunks, and why. */
    Map<ObjectId, String> damagedPacks() {
        return damagedPacks;
    }

    /** Returns the packs that were listed and are gone. */
    Set<ObjectId> gonePacks() {
        return gonePacks;
    }

    /** Tells whether nothing was wrong with a pack that was read. */
    boolean isGood(ObjectId pack) {
        return !imperfectPacks.contains(pack);
    }

    long readBytes() {
        return readBytes;
    }

    /** Returns the needed chunks of the packs that were read that are not right. */
    BitSet badChunks() {
        BitSet bad = (BitSet) needed.chunks().clone();
        bad.andNot(good);
        if (!bad.isEmpty()) {
            BitSet unread = new BitSet();
            bad.stream().filter(chunk -> !readPacks.get(index.packOf(chunk))).forEach(unread::set);
            bad.andNot(unread);
        }
        return bad;
    }

    private void readPack(int pack, int neededChunks, long totalBytes) {
        Look look = look(pack, neededChunks);
        if (look.isDamaged()) {
            look = look(pack, neededChunks);
        }
        if (!look.problem.isEmpty()) {
            look.addReadable(pack);
        }
        PackResult result = result(pack, look);
        synchronized (this) {
            look.goodChunks.forEach(good::set);
            readPacks.set(pack);
            readBytes += look.bytes;
            if (!look.problem.isEmpty()) {
                damagedPacks.put(result.pack(), look.problem);
            }
            if (!result.isGood()) {
                imperfectPacks.add(result.pack());
            }
            if (look.isGone) {
                gonePacks.add(result.pack());
            }
            progress.verified(readBytes, totalBytes);
        }
        listener.accept(result);
    }

    private PackResult result(int pack, Look look) {
        ChunkIndex.PackFacts facts = index.pack(pack);
        if (!look.isDamaged()) {
            return new PackResult(facts.id(), facts.sizeBytes(), PackResult.State.GOOD, "", List.of());
        }
        if (look.isGone) {
            return new PackResult(facts.id(), facts.sizeBytes(), PackResult.State.GONE, look.problem, List.of());
        }
        if (!look.problem.isEmpty()) {
            return new PackResult(facts.id(), facts.sizeBytes(), PackResult.State.DAMAGED, look.problem, List.of());
        }
        List<String> damaged = look.damagedChunks(pack);
        return new PackResult(
                facts.id(),
                facts.sizeBytes(),
                PackResult.State.DAMAGED,
                damaged.size() + " of its chunks are damaged",
                damaged);
    }

    private Look look(int pack, int neededChunks) {
        PackVerifier spare = verifiers.poll();
        PackVerifier verifier = spare == null ? archive.chunks().packVerifier() : spare;
        Look look = new Look(neededChunks);
        ObjectId id = index.pack(pack).id();
        try {
            look.bytes = verifier.verify(id, (chunk, offset, isGood) -> look.visit(id, chunk, offset, isGood));
        } catch (CoordinatorException e) {
            BackupLists.requireDamage(e);
            look.problem = String.valueOf(e.getMessage());
            look.isGone = e.code() == ErrorCode.OBJECT_MISSING;
        } finally {
            verifiers.add(verifier);
        }
        return look;
    }

    /** One reading of one pack. */
    private final class Look {
        private final int neededChunks;
        private final List<Integer> goodChunks = new ArrayList<>();
        private final Set<String> badChunks = new LinkedHashSet<>();
        private String problem = "";
        private boolean isGone;
        private long bytes;
        private int goodNeeded;

        private Look(int neededChunks) {
            this.neededChunks = neededChunks;
        }

        private void visit(ObjectId pack, ChunkId id, int offset, boolean isGood) {
            int number = index.numberOf(id);
            if (!isGood) {
                badChunks.add(id.toString());
            } else if (number >= 0) {
                ChunkLocation place = index.location(number);
                if (place.pack().equals(pack) && place.offset() == offset) {
                    addGood(number);
                }
            }
        }

        private void addGood(int number) {
            goodChunks.add(number);
            goodNeeded += needed.chunks().get(number) ? 1 : 0;
        }

        private boolean isDamaged() {
            return !problem.isEmpty() || !badChunks.isEmpty() || goodNeeded < neededChunks;
        }

        /** A pack whose table is damaged may still have good chunks. */
        private void addReadable(int pack) {
            ChunkReader reader = archive.chunkReader(index);
            BitSet chunks = needed.chunks();
            for (int number = chunks.nextSetBit(0); number >= 0; number = chunks.nextSetBit(number + 1)) {
                if (index.packOf(number) == pack && isReadable(reader, number)) {
                    addGood(number);
                }
            }
        }

        private boolean isReadable(ChunkReader reader, int number) {
            try {
                reader.read(index.id(number));
                return true;
            } catch (CoordinatorException e) {
                BackupLists.requireDamage(e);
                return false;
            }
        }

        /** Those that the pack's table names, and those that are needed and not there. */
        private List<String> damagedChunks(int pack) {
            Set<String> damaged = new LinkedHashSet<>(badChunks);
            Set<Integer> seen = Set.copyOf(goodChunks);
            needed.chunks().stream()
                    .filter(number -> index.packOf(number) == pack && !seen.contains(number))
                    .forEach(number -> damaged.add(index.id(number).toString()));
            return List.copyOf(damaged);
        }
    }
}
