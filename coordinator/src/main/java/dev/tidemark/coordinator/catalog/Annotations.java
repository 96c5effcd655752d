package dev.tidemark.coordinator.catalog;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What people write on a backup after it was taken: texts by name, as labels are, which can be changed. Sealed documents
 * {@code ns/NS/annotations/BACKUP/} and a number of eight digits; the greatest holds all that counts. They decide nothing, and are
 * neither copied nor exported. Thread-safe, also across processes.
 */
public final class Annotations {
    private static final String FOLDER = "annotations/";
    private static final int MAX_CHANGES = 99_999_999;

    private final NamespaceArchive archive;

    /** Creates access to the annotations of a namespace. */
    public Annotations(NamespaceArchive archive) {
        this.archive = archive;
    }

    /**
     * Returns the annotations of a backup.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when they can't be read
     */
    public SortedMap<String, String> of(String backupId) {
        while (true) {
            List<ObjectKey> keys = keys(backupId);
            if (keys.isEmpty()) {
                return Collections.emptySortedMap();
            }
            ObjectKey last = keys.get(keys.size() - 1);
            try {
                return read(backupId, last);
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_MISSING) {
                    throw e;
                }
                // It was replaced meanwhile.
            }
        }
    }

    /**
     * Changes the annotations of a backup; durable on return. A later change counts; two at a time are both made.
     *
     * @param changes the new text by name; an empty one takes the annotation away
     * @return what the backup has now
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP} when there is no such backup, {@link ErrorCode#INVALID_INPUT}
     *     when a name or text is not allowed ({@link Manifest#requireLabels})
     */
    public SortedMap<String, String> change(String backupId, Map<String, String> changes) {
        archive.manifests().read(backupId);
        return change(backupId, present -> {
            SortedMap<String, String> changed = new TreeMap<>(present);
            changes.forEach((name, text) -> {
                if (text.isEmpty()) {
                    changed.remove(name);
                } else {
                    changed.put(name, text);
                }
            });
            return changed;
        });
    }

    private SortedMap<String, String> change(String backupId, UnaryOperator<SortedMap<String, String>> change) {
        while (true) {
            List<ObjectKey> keys = keys(backupId);
            SortedMap<String, String> changed = change.apply(of(backupId));
            requireAllowed(changed);
            int number = keys.isEmpty() ? 1 : number(keys.get(keys.size() - 1)) + 1;
            try {
                archive.documents()
                        .create(key(backupId, number), StrictJson.encode(new Annotation(backupId, number, changed)));
                if (isLast(backupId, number)) {
                    keys.forEach(this::deleteQuietly);
                    return changed;
                }
                // Somebody else has changed them at the same time, and does not know of this change.
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_EXISTS) {
                    throw e;
                }
                // As above.
            }
        }
    }

    private boolean isLast(String backupId, int number) {
        List<ObjectKey> keys = keys(backupId);
        return !keys.isEmpty() && keys.get(keys.size() - 1).equals(key(backupId, number));
    }

    /** What is replaced does not count any more: it may stay where the credentials can't delete, or the store has locked it. */
    private void deleteQuietly(ObjectKey key) {
        try {
            archive.store().delete(key);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                throw e;
            }
        }
    }

    /** Removes all annotations of a backup; it is gone. */
    public void remove(String backupId) {
        keys(backupId).forEach(this::deleteQuietly);
    }

    private static void requireAllowed(SortedMap<String, String> annotations) {
        try {
            Manifest.requireLabels(annotations);
        } catch (IllegalArgumentException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT, e.getMessage(), "Give annotations as NAME=TEXT, one line each.", e);
        }
    }

    private SortedMap<String, String> read(String backupId, ObjectKey key) {
        try {
            Annotation annotation = StrictJson.decode(archive.documents().read(key), Annotation.class);
            if (!annotation.backupId.equals(backupId) || !key.equals(key(backupId, annotation.number))) {
                throw FormatErrors.damaged(
                        key.value(), "it is annotation " + annotation.number + " of '" + annotation.backupId + "'");
            }
            return annotation.texts;
        } catch (IOException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
    }

    private List<ObjectKey> keys(String backupId) {
        List<ObjectKey> keys = new ArrayList<>();
        archive.forEachKey(FOLDER + backupId + "/", key -> {
            if (key.name().matches("[0-9]{8}")) {
                keys.add(key);
            }
        });
        return keys;
    }

    private static int number(ObjectKey key) {
        int number = Integer.parseInt(key.name());
        if (number >= MAX_CHANGES) {
            throw FormatErrors.damaged(key.value(), "there is no number left after it");
        }
        return number;
    }

    private ObjectKey key(String backupId, int number) {
        return archive.key(FOLDER + String.format(Locale.ROOT, "%s/%08d", backupId, number));
    }

    private record Annotation(String backupId, int number, SortedMap<String, String> texts) {}
}
