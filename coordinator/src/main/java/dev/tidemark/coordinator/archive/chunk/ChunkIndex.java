package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.PackTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which chunks a namespace has, and where: the contents of its index objects, as far as they name packs that were listed with
 * the right size when the index was loaded, and what was written since. Thread-safe.
 *
 * <p>Memory: an entry takes 48 bytes (id 32, pack, offset and two lengths 4 each) in blocks of 65,536 that are never copied,
 * and 5.3 to 10.7 bytes in an open-addressing table of entry numbers that is at most three quarters full and doubles: 53 to
 * 59 bytes per chunk, so 1,000,000 chunks (1 TB in pieces of 1 MiB) take below 60 MB. For packs see {@link PackTable}.
 */
public final class ChunkIndex {
    private static final int BLOCK_BITS = 16;
    private static final int BLOCK_SIZE = 1 << BLOCK_BITS;
    private static final int BLOCK_MASK = BLOCK_SIZE - 1;
    private static final int FIRST_CAPACITY = 1 << 10;
    private static final int MAX_CHUNKS = 600_000_000;

    private final List<long[]> ids = new ArrayList<>();
    private final List<int[]> places = new ArrayList<>();

    /** All packs that were listed, and those written since; those that are described are known by their chunks. */
    private final PackTable packs;

    private int describedPacks;
    private final Set<ObjectId> missingPacks = new TreeSet<>();
    private final Set<ObjectId> adoptedPacks = new TreeSet<>();
    private final List<Problem> problems = new ArrayList<>();

    /** Entry number plus 1 by hash; 0 is free. Always a power of two long, at most three quarters full. */
    private int[] table = new int[FIRST_CAPACITY];

    private int size;

    /** Creates an empty index. */
    public ChunkIndex() {
        this(new PackTable());
    }

    /** Creates an index of no chunks over packs that were listed. */
    ChunkIndex(PackTable listed) {
        packs = listed;
    }

    /** Tells whether the chunk is there. */
    public synchronized boolean contains(ChunkId id) {
        return numberOf(id) >= 0;
    }

    /** Returns where the chunk is. */
    public synchronized Optional<ChunkLocation> find(ChunkId id) {
        int number = numberOf(id);
        return number < 0 ? Optional.empty() : Optional.of(location(number));
    }

    /** Returns the chunk's number, 0..{@link #chunks}-1, which never changes; -1 when it is not there. */
    public synchronized int numberOf(ChunkId id) {
        int slot = slotOf(id);
        return table[slot] - 1;
    }

    /** Returns where the chunk with this number is. */
    public synchronized ChunkLocation location(int number) {
        int[] block = places.get(number >> BLOCK_BITS);
        int at = (number & BLOCK_MASK) * 4;
        int pack = block[at];
        return new ChunkLocation(
                packs.id(pack), packs.sizeBytes(pack), packs.keyId(pack), block[at + 1], block[at + 2], block[at + 3]);
    }

    /** Returns the number of the pack that holds the chunk with this number; see {@link #pack}. */
    public synchronized int packOf(int number) {
        return places.get(number >> BLOCK_BITS)[(number & BLOCK_MASK) * 4];
    }

    /** Returns a pack by its number. */
    public synchronized PackFacts pack(int packNumber) {
        return new PackFacts(
                packs.id(packNumber), packs.sizeBytes(packNumber), packs.keyId(packNumber), packs.hash(packNumber));
    }

    /** Returns the id of the chunk with this number. */
    public synchronized ChunkId id(int number) {
        long[] block = ids.get(number >> BLOCK_BITS);
        int at = (number & BLOCK_MASK) * 4;
        return new ChunkId(block[at], block[at + 1], block[at + 2], block[at + 3]);
    }

    /** Tells whether a pack was there, with this size, when the index was loaded, or was written since. */
    public synchronized boolean hasPack(ObjectId pack, int sizeBytes) {
        int number = packs.numberOf(pack);
        return number >= 0 && packs.sizeBytes(number) == sizeBytes;
    }

    /** Tells as {@link #hasPack} does, and whether the index refers to it: it is not damaged, condemned or empty. */
    public synchronized boolean hasUsablePack(ObjectId pack, int sizeBytes) {
        int number = packs.numberOf(pack);
        return number >= 0 && packs.sizeBytes(number) == sizeBytes && packs.isDescribed(number);
    }

    /** Returns the number of chunks. */
    public synchronized int chunks() {
        return size;
    }

    /** Returns the number of packs that hold them. */
    public synchronized int packs() {
        return describedPacks;
    }

    /** Returns the packs that index objects name and that are not in the archive, or with another size. */
    public synchronized Set<ObjectId> missingPacks() {
        return Set.copyOf(missingPacks);
    }

    /** Returns the packs that no index object named when the index was loaded; their own tables were read. */
    public synchronized Set<ObjectId> adoptedPacks() {
        return Set.copyOf(adoptedPacks);
    }

    /** Returns what was wrong with index objects, and with tables of packs that none names, when the index was loaded. */
    public synchronized List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** Adds a pack that is durable; chunks that another pack has already keep their place. */
    synchronized void add(Pack pack) {
        int packNumber = packs.add(pack.id(), pack.sizeBytes());
        if (packs.isDescribed(packNumber)) {
            return;
        }
        packs.describe(packNumber, pack.keyId(), pack.hash());
        describedPacks++;
        for (PackedChunk chunk : pack.chunks()) {
            int slot = slotOf(chunk.id());
            if (table[slot] == 0) {
                append(chunk, packNumber);
                table[slot] = size;
                growIfFull();
            }
        }
    }

    synchronized void addAdopted(Pack pack) {
        add(pack);
        adoptedPacks.add(pack.id());
    }

    synchronized void addMissing(ObjectId pack) {
        missingPacks.add(pack);
    }

    synchronized void addProblem(Problem problem) {
        problems.add(problem);
    }

    private void append(PackedChunk chunk, int packNumber) {
        if (size == MAX_CHUNKS) {
            throw new IllegalStateException("more than " + MAX_CHUNKS + " chunks in one namespace");
        }
        if ((size & BLOCK_MASK) == 0) {
            ids.add(new long[BLOCK_SIZE * 4]);
            places.add(new int[BLOCK_SIZE * 4]);
        }
        int at = (size & BLOCK_MASK) * 4;
        long[] idBlock = ids.get(size >> BLOCK_BITS);
        idBlock[at] = chunk.id().first();
        idBlock[at + 1] = chunk.id().second();
        idBlock[at + 2] = chunk.id().third();
        idBlock[at + 3] = chunk.id().fourth();
        int[] place = places.get(size >> BLOCK_BITS);
        place[at] = packNumber;
        place[at + 1] = chunk.offset();
        place[at + 2] = chunk.storedLength();
        place[at + 3] = chunk.rawLength();
        size++;
    }

    /** Returns the slot of the chunk, or the free one where it would go. */
    private int slotOf(ChunkId id) {
        int slot = (int) id.first() & (table.length - 1);
        while (table[slot] != 0 && !isAt(table[slot] - 1, id)) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private boolean isAt(int number, ChunkId id) {
        long[] block = ids.get(number >> BLOCK_BITS);
        int at = (number & BLOCK_MASK) * 4;
        return block[at] == id.first()
                && block[at + 1] == id.second()
                && block[at + 2] == id.third()
                && block[at + 3] == id.fourth();
    }

    private void growIfFull() {
        if (size <= table.length / 4 * 3) {
            return;
        }
        table = new int[2 * table.length];
        for (int number = 0; number < size; number++) {
            int slot = (int) ids.get(number >> BLOCK_BITS)[(number & BLOCK_MASK) * 4] & (table.length - 1);
            while (table[slot] != 0) {
                slot = (slot + 1) & (table.length - 1);
            }
            table[slot] = number + 1;
        }
    }

    /**
     * A pack.
     *
     * @param sizeBytes length of the object
     * @param keyId data key of its chunks
     * @param hash of the object, {@link ObjectHash#UNKNOWN} when only its own table was read
     */
    public record PackFacts(ObjectId id, int sizeBytes, int keyId, ObjectHash hash) {}

    /**
     * Something wrong with an index object or with the table of a pack that no index object names.
     *
     * @param object key of the object
     * @param message what is wrong
     */
    public record Problem(String object, String message) {}
}
