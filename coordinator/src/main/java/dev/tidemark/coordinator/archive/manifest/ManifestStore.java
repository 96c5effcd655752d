package dev.tidemark.coordinator.archive.manifest;

import java.util.List;

/** skeleton */
public final class ManifestStore {
    /** OBJECT_EXISTS when it is there or abandoned. */
    public void create(Manifest manifest) {
        throw new UnsupportedOperationException();
    }

    public Manifest read(String backupId) {
        throw new UnsupportedOperationException();
    }

    public List<String> backupIds() {
        throw new UnsupportedOperationException();
    }

    /** Greatest sequence of all manifests + 1. */
    public long nextSequence() {
        throw new UnsupportedOperationException();
    }

    /** Makes sure that no manifest of this backup can appear any more. */
    public void abandon(String backupId) {
        throw new UnsupportedOperationException();
    }
}
