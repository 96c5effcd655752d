package dev.tidemark.coordinator.garbage;

/**
 * State of a garbage collection: what it has done so far.
 *
 * @param options its limits
 * @param condemnedObjects objects that it has put on lists
 * @param condemnedBytes their bytes
 * @param removedObjects objects that it has removed
 * @param rescuedObjects condemned objects that were found to be needed and taken off their lists
 * @param refusedObjects objects that the store would not remove
 * @param repackedPacks packs whose chunks it has moved
 * @param repackedBytes bytes of these chunks
 * @param abortedUploads uploads in parts that a crash had left, and that it has aborted
 */
record GarbageState(
        GarbageOptions options,
        long condemnedObjects,
        long condemnedBytes,
        long removedObjects,
        long rescuedObjects,
        long refusedObjects,
        int repackedPacks,
        long repackedBytes,
        long abortedUploads) {
    static GarbageState begin(GarbageOptions options) {
        return new GarbageState(options, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    GarbageState withCondemned(long objects, long bytes) {
        return new GarbageState(
                options,
                condemnedObjects + objects,
                condemnedBytes + bytes,
                removedObjects,
                rescuedObjects,
                refusedObjects,
                repackedPacks,
                repackedBytes,
                abortedUploads);
    }

    GarbageState withSwept(long removed, long rescued, long refused) {
        return new GarbageState(
                options,
                condemnedObjects,
                condemnedBytes,
                removedObjects + removed,
                rescuedObjects + rescued,
                refusedObjects + refused,
                repackedPacks,
                repackedBytes,
                abortedUploads);
    }

    GarbageState withRepacked(int packs, long bytes) {
        return new GarbageState(
                options,
                condemnedObjects,
                condemnedBytes,
                removedObjects,
                rescuedObjects,
                refusedObjects,
                packs,
                bytes,
                abortedUploads);
    }

    GarbageState withAbortedUploads(long uploads) {
        return new GarbageState(
                options,
                condemnedObjects,
                condemnedBytes,
                removedObjects,
                rescuedObjects,
                refusedObjects,
                repackedPacks,
                repackedBytes,
                abortedUploads + uploads);
    }
}
