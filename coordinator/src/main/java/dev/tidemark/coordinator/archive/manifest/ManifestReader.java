package dev.tidemark.coordinator.archive.manifest;

import java.util.List;

/** skeleton; needs the public key only */
public final class ManifestReader {
    /** Ids of all backups in order; abandoned ones left out. */
    public List<String> backupIds() {
        throw new UnsupportedOperationException();
    }

    /** UNKNOWN_BACKUP, MANIFEST_INVALID, UNKNOWN_FORMAT_VERSION. */
    public Manifest read(String backupId) {
        throw new UnsupportedOperationException();
    }
}
