package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The row of lock entries of one namespace in the archive: {@code ns/NS/lock/} and ten digits. Thread-safe.
 *
 * <p>It is kept short by whoever may delete. Where nobody may, it grows by an entry for each renewal, and is still found to end where
 * it ends: from the last number that was seen on, or by doubling steps and then halving them, with a list of one key each.
 */
final class LockRow {
    private static final String FOLDER = "lock/";
    private static final String FORMAT = FOLDER + "%010d";
    private static final Pattern NAME = Pattern.compile("[0-9]{10}");
    private static final long MAX_NUMBER = 9_999_999_999L;
    private static final int PAGE = 100;

    private final NamespaceArchive archive;

    /** The greatest number that was seen; where a search begins. */
    private volatile long seen;

    /** Set when the store does not let this process delete: to try again with each renewal would cost as many requests. */
    private volatile boolean isDeleteDenied;

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
        delete(key);
        return false;
    }

    /** Removes entries below a number: those of one page, the lowest first. Does nothing where the store refuses to delete. */
    void removeBefore(long sequence) {
        if (isDeleteDenied) {
            return;
        }
        ObjectKey first = key(Math.max(0, sequence));
        for (ObjectKey key : archive.listKeys(FOLDER, PAGE)) {
            if (key.compareTo(first) < 0) {
                delete(key);
            }
        }
    }

    /** An entry that can't be deleted does no harm: only the last one of the row says something. */
    private void delete(ObjectKey key) {
        try {
            archive.store().delete(key);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                throw e;
            }
            isDeleteDenied = true;
        }
    }

    private Optional<ObjectKey> lastKey() {
        List<ObjectKey> page = keysAfter(seen - 1, PAGE);
        if (page.isEmpty() && seen > 0) {
            seen = 0; // somebody has removed the row
            page = keysAfter(-1, PAGE);
        }
        boolean isWhole = page.size() < PAGE;
        long last = page.stream().mapToLong(LockRow::number).max().orElse(-1);
        if (!isWhole) {
            last = search(Math.max(0, last));
        }
        if (last < 0) {
            return Optional.empty();
        }
        seen = last;
        return Optional.of(key(last));
    }

    /** Returns the greatest number in the row, given one that is in it. */
    private long search(long known) {
        long last = known;
        long step = PAGE;
        long beyond = MAX_NUMBER + 1; // no number from here on
        while (last + 1 < beyond) {
            long middle = Math.min(last + step, last + (beyond - last) / 2);
            long next = keysAfter(middle - 1, 1).stream()
                    .mapToLong(LockRow::number)
                    .findFirst()
                    .orElse(-1);
            if (next < 0) {
                beyond = middle;
            } else {
                last = next;
                step = Math.min(2 * step, MAX_NUMBER);
            }
        }
        return last;
    }

    private List<ObjectKey> keysAfter(long number, int limit) {
        return archive.listKeys(FOLDER, number < 0 ? "" : String.format(FORMAT, number), limit);
    }

    /** Returns -1 for what is no entry of the row. */
    private static long number(ObjectKey key) {
        String name = key.name();
        return NAME.matcher(name).matches() ? Long.parseLong(name) : -1;
    }

    private ObjectKey key(long sequence) {
        return archive.key(String.format(FORMAT, sequence));
    }
}
