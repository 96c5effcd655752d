package dev.tidemark.kvs.transaction;

/**
 * What a sweep did.
 *
 * @param cells cells that have a version below the immutable timestamp
 * @param versions versions that were looked at
 * @param deletedVersions versions that were deleted
 * @param batches batches that it took
 * @param sweptTo the highest immutable timestamp up to which a batch swept; 0 when there was none
 */
public record SweepReport(long cells, long versions, long deletedVersions, long batches, long sweptTo) {
    /** Nothing was swept. */
    public static final SweepReport NONE = new SweepReport(0, 0, 0, 0, 0);

    /** Returns what this sweep and the other one did together. */
    public SweepReport plus(SweepReport other) {
        return new SweepReport(
                cells + other.cells,
                versions + other.versions,
                deletedVersions + other.deletedVersions,
                batches + other.batches,
                Math.max(sweptTo, other.sweptTo));
    }
}
