package dev.tidemark.coordinator.transfer;

import dev.tidemark.coordinator.archive.manifest.BackupOrigin;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One backup that is read from its beginning to its end, once. Not thread-safe. Everything it gives is authentic or refused. */
public interface BackupSource extends AutoCloseable {
    /** Returns the manifest, as it is in the archive that the backup comes from. */
    Manifest manifest();

    /** Returns the SHA-256 of that manifest as it is stored there, 64 lower-case hexadecimal digits. */
    String manifestSha256();

    /** Returns what another process needs to open the source again; kept in the journal. */
    SourceReference reference();

    /**
     * Returns the next file, in the order of the manifest's stores and nodes and of paths within a node; nothing after the last one.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException when the source is damaged, or can't be read
     */
    Optional<IncomingFile> nextFile();

    /**
     * Makes sure, after the last file, that the source was whole. Nothing that it gave may be believed before.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException when it was not
     */
    void finish();

    @Override
    void close();

    /** Returns the origins that the manifest of the backup gets in the archive that it comes into. */
    default List<BackupOrigin> origins(Instant takenOverAt) {
        List<BackupOrigin> origins = new ArrayList<>();
        Manifest manifest = manifest();
        origins.add(new BackupOrigin(
                manifest.archiveId(), manifest.namespace(), manifest.backupId(), manifestSha256(), takenOverAt));
        origins.addAll(manifest.origins());
        return origins;
    }
}
