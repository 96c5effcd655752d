package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.Optional;

/** The row of lock entries of one namespace in the archive: {@code ns/NS/lock/} and ten digits. Thread-safe. */
final class LockRow {
    private static final String FORMAT = "lock/%010d";
    private static final int PAGE = 1_000;

    private final NamespaceArchive archive;

    LockRow(NamespaceArchive archive) {
        this.archive = archive;
    }

    /** Returns the entry with the greatest number. */
    Optional<LockEntry> last() {
        while (true) {
            Optional<ObjectKey> key = lastKey();
            if (key.isEmpty()) {
                return Optional.empty();
            }
            try {
                byte[] content = archive.documents().read(key.get());
                return Optional.of(
                        Documents.decode(content, LockEntry.class, key.get().toString()));
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_MISSING) {
                    throw e;
                }
                // It was the last one when it was listed and is removed: there is a later one.
            }
        }
    }

    /**
     * Adds an entry.
     *
     * @return whether it was created and is the last one of the row
     */
    boolean append(LockEntry entry) {
        ObjectKey key = key(entry.sequence());
        try {
            archive.documents().create(key, Documents.encode(entry));
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_EXISTS) {
                return false;
            }
            throw e;
        }
        if (lastKey().equals(Optional.of(key))) {
            return true;
        }
        archive.store().delete(key);
        return false;
    }

    /** Removes the entries below a number. */
    void removeBefore(long sequence) {
        for (ObjectKey key : list()) {
            if (key.compareTo(key(Math.max(0, sequence))) < 0) {
                archive.store().delete(key);
            }
        }
    }

    private Optional<ObjectKey> lastKey() {
        List<ObjectKey> keys = list();
        return keys.isEmpty() ? Optional.empty() : Optional.of(keys.get(keys.size() - 1));
    }

    /** The row is kept short, so that one page holds it. */
    private List<ObjectKey> list() {
        return archive.listKeys("lock/", PAGE);
    }

    private ObjectKey key(long sequence) {
        return archive.key(String.format(FORMAT, sequence));
    }
}
