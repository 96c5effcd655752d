package dev.tidemark.coordinator.archive.sealed;

import dev.tidemark.coordinator.archive.object.ObjectKey;

/** skeleton */
public final class SealedDocuments {
    public void create(ObjectKey key, byte[] content) {
        throw new UnsupportedOperationException();
    }

    public byte[] read(ObjectKey key) {
        throw new UnsupportedOperationException();
    }
}
