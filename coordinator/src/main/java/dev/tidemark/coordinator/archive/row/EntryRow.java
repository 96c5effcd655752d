package dev.tidemark.coordinator.archive.row;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.SealedDocuments;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A row of entries in an archive: sealed documents below one folder, named by ten digits. Thread-safe.
 *
 * <p>It is kept short by whoever may delete. Where nobody may, it grows by an entry for each renewal, and is still found to end where
 * it ends: from the last number that was seen on, or by doubling steps and then halving them, with a list of one key each.
 *
 * @param <E> what an entry says
 */
public final class EntryRow<E> {
    private static final Pattern NAME = Pattern.compile("[0-9]{10}");
    private static final long MAX_NUMBER = 9_999_999_999L;
    private static final int PAGE = 100;

    private final ObjectStore store;
    private final SealedDocuments documents;
    private final String folder;
    private final Codec<E> codec;

    /** The greatest number that was seen; where a search begins. */
    private volatile long seen;

    /** Set when the store does not let this process delete: to try again with each renewal would cost as many requests. */
    private volatile boolean isDeleteDenied;

    /** How an entry is written. */
    public interface Codec<E> {
        /** Returns the number that an entry has in its row, from 1. */
        long sequence(E entry);

        /** Returns the document. */
        byte[] encode(E entry);

        /**
         * Reads a document.
         *
         * @throws CoordinatorException when it is not one
         */
        E decode(byte[] content, String name);
    }

    /**
     * Creates access to a row.
     *
     * @param folder where it is, with a slash at its end
     */
    public EntryRow(ObjectStore store, SealedDocuments documents, String folder, Codec<E> codec) {
        this.store = store;
        this.documents = documents;
        this.folder = folder;
        this.codec = codec;
    }

    /** Returns the entry with the greatest number. */
    public Optional<E> last() {
        while (true) {
            Optional<ObjectKey> key = lastKey();
            if (key.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(
                        codec.decode(documents.read(key.get()), key.get().toString()));
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
    public boolean append(E entry) {
        ObjectKey key = key(codec.sequence(entry));
        try {
            documents.create(key, codec.encode(entry));
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
    public void removeBefore(long sequence) {
        if (isDeleteDenied) {
            return;
        }
        ObjectKey first = key(Math.max(0, sequence));
        for (ObjectInfo info : store.list(folder, "", PAGE)) {
            if (info.key().compareTo(first) < 0) {
                delete(info.key());
            }
        }
    }

    /** An entry that can't be deleted does no harm: only the last one of the row says something. */
    private void delete(ObjectKey key) {
        try {
            store.delete(key);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                throw e;
            }
            isDeleteDenied = true;
        }
    }

    private Optional<ObjectKey> lastKey() {
        List<ObjectInfo> page = after(seen - 1, PAGE);
        if (page.isEmpty() && seen > 0) {
            seen = 0; // somebody has removed the row
            page = after(-1, PAGE);
        }
        boolean isWhole = page.size() < PAGE;
        long last = page.stream().mapToLong(EntryRow::number).max().orElse(-1);
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
            long next = after(middle - 1, 1).stream()
                    .mapToLong(EntryRow::number)
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

    private List<ObjectInfo> after(long number, int limit) {
        return store.list(folder, number < 0 ? "" : name(number), limit);
    }

    /** Returns -1 for what is no entry of the row. */
    private static long number(ObjectInfo info) {
        String name = info.key().name();
        return NAME.matcher(name).matches() ? Long.parseLong(name) : -1;
    }

    private ObjectKey key(long sequence) {
        return new ObjectKey(name(sequence));
    }

    private String name(long sequence) {
        return folder + String.format(Locale.ROOT, "%010d", sequence);
    }
}
