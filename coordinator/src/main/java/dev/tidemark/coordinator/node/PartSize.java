package dev.tidemark.coordinator.node;

/**
 * How much of a node is copied between two records in the journal. A record holds the whole state of the backup, so that the
 * journal would grow with the square of the number of parts if this did not grow with the node.
 *
 * @param files a part ends with the file that reaches this number of files
 * @param bytes a part ends with the file that reaches this number of bytes
 */
record PartSize(long files, long bytes) {
    /** What a crash may cost at least, and what is kept in memory at most. */
    static final PartSize SMALLEST = new PartSize(20_000, 1L << 30);

    /** A node has about that many parts at most, for its bytes and for its files. */
    static final int MAX_PARTS = 256;

    /** Returns this size, or a greater one that cuts the snapshot into not too many parts. */
    PartSize forSnapshot(NodeSnapshot snapshot) {
        return new PartSize(
                Math.max(files, snapshot.files() / MAX_PARTS + 1), Math.max(bytes, snapshot.bytes() / MAX_PARTS + 1));
    }

    boolean isReached(long partFiles, long partBytes) {
        return partFiles >= files || partBytes >= bytes;
    }
}
