package dev.tidemark.coordinator.catalog;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * The time indexes of removed backups: sealed documents {@code ns/NS/times/BACKUP}. Later backups can still restore the moments
 * that they lead to. Thread-safe.
 */
public final class KeptTimes {
    private static final String FOLDER = "times/";

    private final NamespaceArchive archive;

    /** Creates access to the kept times of a namespace. */
    public KeptTimes(NamespaceArchive archive) {
        this.archive = archive;
    }

    /** Keeps the points of a backup that is about to be removed; does nothing when they are kept. */
    public void keep(String backupId, List<TimePoint> points) {
        try {
            archive.documents().create(archive.key(FOLDER + backupId), StrictJson.encode(new Points(points)));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        }
    }

    /**
     * Forgets that a backup was removed: it has come back, and its manifest has its points. Does nothing when none are kept, or when
     * the store lets nobody delete; then its manifest would not be missed.
     */
    public void forget(String backupId) {
        ObjectKey key = archive.key(FOLDER + backupId);
        if (archive.store().head(key).isEmpty()) {
            return;
        }
        try {
            archive.store().delete(key);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                throw e;
            }
        }
    }

    /**
     * Tells whether a backup was removed on purpose. An object of that name does not say so: whoever has the namespace's key must have
     * written it.
     */
    public boolean isRemoved(String backupId) {
        ObjectKey key = archive.key(FOLDER + backupId);
        try {
            archive.documents().read(key);
            return true;
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_DAMAGED && e.code() != ErrorCode.OBJECT_MISSING) {
                throw e;
            }
            return false;
        }
    }

    /** Reads the points of all removed backups; what is damaged is left out, as damaged manifests are. */
    public void forEach(Consumer<List<TimePoint>> action) {
        archive.forEachKey(FOLDER, key -> read(key, action));
    }

    private void read(ObjectKey key, Consumer<List<TimePoint>> action) {
        try {
            action.accept(StrictJson.decode(archive.documents().read(key), Points.class)
                    .points());
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_DAMAGED && e.code() != ErrorCode.OBJECT_MISSING) {
                throw e;
            }
        } catch (IOException e) {
            // As above: times are for people who ask for a time, and other points answer less exactly.
        }
    }

    private record Points(List<TimePoint> points) {}
}
