package dev.tidemark.coordinator.retention;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The holds on the backups of one namespace: sealed documents {@code ns/NS/holds/} and an id. Thread-safe.
 *
 * <p>A hold is placed without the namespace's lock, so that it waits for nothing. Whoever removes a backup first writes a
 * removal mark, then looks for holds; whoever places a hold first writes it, then looks for the mark. So at least one of the two
 * sees the other, and gives way: never does a hold stand on a backup that is removed.
 */
public final class Holds {
    private static final String FOLDER = "holds/";
    private static final String MARKS = "removals/";

    private final NamespaceArchive archive;

    /** Creates access to the holds of a namespace. */
    public Holds(NamespaceArchive archive) {
        this.archive = archive;
    }

    /** Returns all holds, also those that have run out, ordered by id. */
    public List<BackupHold> list() {
        List<BackupHold> holds = new ArrayList<>();
        archive.forEachKey(FOLDER, key -> {
            try {
                holds.add(read(key));
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_MISSING) {
                    throw e;
                }
            }
        });
        return holds;
    }

    /** Returns those that count at an instant. */
    public List<BackupHold> active(Instant now) {
        return list().stream().filter(hold -> hold.isActive(now)).toList();
    }

    /**
     * Places a hold; durable on return.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP} when there is no such backup,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when it is being removed; then there is no hold
     */
    public void place(BackupHold hold) {
        archive.manifests().read(hold.backupId());
        ObjectKey key = key(hold.holdId());
        archive.documents().create(key, StrictJson.encode(hold));
        boolean isThere =
                archive.store().head(archive.layout().manifest(hold.backupId())).isPresent();
        if (isThere && archive.store().head(mark(hold.backupId())).isEmpty()) {
            return;
        }
        archive.store().delete(key);
        throw new CoordinatorException(
                ErrorCode.NOT_ALLOWED_NOW,
                "backup '" + hold.backupId() + "' is being removed",
                "If its removal was interrupted, 'tidemark cancel' it, then place the hold again.");
    }

    /**
     * Returns a hold.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when there is none with this id
     */
    public BackupHold find(String holdId) {
        if (!ObjectId.isValid(holdId) || archive.store().head(key(holdId)).isEmpty()) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "namespace '" + archive.namespace() + "' has no hold '" + holdId + "'",
                    "See 'tidemark holds' for the ids.");
        }
        return read(key(holdId));
    }

    /**
     * Lifts a hold.
     *
     * @return the hold
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when there is none with this id
     */
    public BackupHold release(String holdId) {
        BackupHold hold = find(holdId);
        archive.store().delete(key(holdId));
        return hold;
    }

    /** Marks a backup as being removed; holds that come later give way. */
    void markRemoval(String backupId) {
        try {
            archive.documents().create(mark(backupId), StrictJson.encode(new Removal(backupId)));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        }
    }

    /** Takes the removal mark away: the backup is gone, or stays. */
    void clearRemoval(String backupId) {
        archive.store().delete(mark(backupId));
    }

    /** Returns the backups that are marked as being removed. */
    public List<String> removals() {
        List<String> ids = new ArrayList<>();
        archive.forEachKey(MARKS, key -> {
            if (Manifest.isBackupId(key.name())) {
                ids.add(key.name());
            }
        });
        return ids;
    }

    private BackupHold read(ObjectKey key) {
        try {
            BackupHold hold = StrictJson.decode(archive.documents().read(key), BackupHold.class);
            if (!key(hold.holdId()).equals(key)) {
                throw FormatErrors.damaged(key.value(), "it is the hold '" + hold.holdId() + "'");
            }
            return hold;
        } catch (IOException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
    }

    private ObjectKey key(String holdId) {
        return archive.key(FOLDER + holdId);
    }

    private ObjectKey mark(String backupId) {
        return archive.key(MARKS + backupId);
    }

    private record Removal(String backupId) {}
}
