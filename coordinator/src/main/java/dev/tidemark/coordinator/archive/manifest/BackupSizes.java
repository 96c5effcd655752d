package dev.tidemark.coordinator.archive.manifest;

/**
 * How much a backup holds and added.
 *
 * @param files number of files of all nodes
 * @param rawBytes their bytes
 * @param readBytes bytes that were read from the nodes; files known by their identity need no reading
 * @param newRawBytes bytes of the chunks that the archive did not have, before compression
 * @param storedBytes bytes that were added to the archive, after compression and encryption
 * @param reusedBytes bytes of the files that were in the archive already
 */
public record BackupSizes(
        long files, long rawBytes, long readBytes, long newRawBytes, long storedBytes, long reusedBytes) {
    /** Checks the ranges. */
    public BackupSizes {
        Limits.requireAtLeastZero("files", files);
        Limits.requireAtLeastZero("rawBytes", rawBytes);
        Limits.requireAtLeastZero("readBytes", readBytes);
        Limits.requireAtLeastZero("newRawBytes", newRawBytes);
        Limits.requireAtLeastZero("storedBytes", storedBytes);
        Limits.requireAtLeastZero("reusedBytes", reusedBytes);
    }
}
