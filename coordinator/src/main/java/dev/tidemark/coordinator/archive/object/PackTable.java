package dev.tidemark.coordinator.archive.object;

import java.util.ArrayList;
import java.util.List;

/**
 * Many packs by number, in little memory. Not thread-safe.
 *
 * <p>Memory: a pack takes 56 bytes (id 16, hash 32, size and key id 4 each) in blocks of 4,096 that are never copied, and 5.3
 * to 10.7 bytes in an open-addressing table of numbers that is at most three quarters full and doubles: 1,000,000 packs (16 TB)
 * take below 70 MB.
 */
public final class PackTable {
    private static final int BLOCK_BITS = 12;
    private static final int BLOCK_SIZE = 1 << BLOCK_BITS;
    private static final int BLOCK_MASK = BLOCK_SIZE - 1;
    private static final int LONGS = 6;
    private static final int FIRST_CAPACITY = 1 << 8;

    private final List<long[]> longs = new ArrayList<>();
    private final List<int[]> ints = new ArrayList<>();

    /** Number plus 1 by hash; 0 is free. Always a power of two long, at most three quarters full. */
    private int[] table = new int[FIRST_CAPACITY];

    private int count;

    /** Creates an empty table. */
    public PackTable() {}

    /** Returns how many there are; their numbers are 0 to one less. */
    public int count() {
        return count;
    }

    /** Returns the number of a pack, which never changes; -1 when it is not there. */
    public int numberOf(ObjectId id) {
        return table[slotOf(id)] - 1;
    }

    /**
     * Adds a pack of which only the size is known; one that is there stays as it is.
     *
     * @param sizeBytes as listed; -1 when it is larger than any pack
     * @return its number
     */
    public int add(ObjectId id, int sizeBytes) {
        int slot = slotOf(id);
        if (table[slot] == 0) {
            if ((count & BLOCK_MASK) == 0) {
                longs.add(new long[BLOCK_SIZE * LONGS]);
                ints.add(new int[BLOCK_SIZE * 2]);
            }
            long[] block = longs.get(count >> BLOCK_BITS);
            block[(count & BLOCK_MASK) * LONGS] = id.high();
            block[(count & BLOCK_MASK) * LONGS + 1] = id.low();
            ints.get(count >> BLOCK_BITS)[(count & BLOCK_MASK) * 2] = sizeBytes;
            table[slot] = ++count;
            growIfFull();
            return count - 1;
        }
        return table[slot] - 1;
    }

    /**
     * Says what else is known of a pack.
     *
     * @param keyId at least 1
     */
    public void describe(int number, int keyId, ObjectHash hash) {
        long[] block = longs.get(number >> BLOCK_BITS);
        int at = (number & BLOCK_MASK) * LONGS + 2;
        block[at] = hash.first();
        block[at + 1] = hash.second();
        block[at + 2] = hash.third();
        block[at + 3] = hash.fourth();
        ints.get(number >> BLOCK_BITS)[(number & BLOCK_MASK) * 2 + 1] = keyId;
    }

    /** Tells whether {@link #describe} was called for it. */
    public boolean isDescribed(int number) {
        return keyId(number) != 0;
    }

    /** Returns the id. */
    public ObjectId id(int number) {
        long[] block = longs.get(number >> BLOCK_BITS);
        int at = (number & BLOCK_MASK) * LONGS;
        return new ObjectId(block[at], block[at + 1]);
    }

    /** Returns the size in bytes. */
    public int sizeBytes(int number) {
        return ints.get(number >> BLOCK_BITS)[(number & BLOCK_MASK) * 2];
    }

    /** Returns the data key, 0 when the pack is not described. */
    public int keyId(int number) {
        return ints.get(number >> BLOCK_BITS)[(number & BLOCK_MASK) * 2 + 1];
    }

    /** Returns the hash, {@link ObjectHash#UNKNOWN} when nobody knows it. */
    public ObjectHash hash(int number) {
        long[] block = longs.get(number >> BLOCK_BITS);
        int at = (number & BLOCK_MASK) * LONGS + 2;
        return new ObjectHash(block[at], block[at + 1], block[at + 2], block[at + 3]);
    }

    /** Returns the slot of the pack, or the free one where it would go. */
    private int slotOf(ObjectId id) {
        int slot = slot(id.high(), id.low());
        while (table[slot] != 0 && !isAt(table[slot] - 1, id)) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    /** Ids are random, unless somebody else has chosen them. */
    private int slot(long high, long low) {
        long mixed = (high ^ low) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & (table.length - 1);
    }

    private boolean isAt(int number, ObjectId id) {
        long[] block = longs.get(number >> BLOCK_BITS);
        int at = (number & BLOCK_MASK) * LONGS;
        return block[at] == id.high() && block[at + 1] == id.low();
    }

    private void growIfFull() {
        if (count <= table.length / 4 * 3) {
            return;
        }
        table = new int[2 * table.length];
        for (int number = 0; number < count; number++) {
            long[] block = longs.get(number >> BLOCK_BITS);
            int at = (number & BLOCK_MASK) * LONGS;
            int slot = slot(block[at], block[at + 1]);
            while (table[slot] != 0) {
                slot = (slot + 1) & (table.length - 1);
            }
            table[slot] = number + 1;
        }
    }
}
