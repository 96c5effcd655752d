package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.row.EntryRow;
import java.util.Optional;

/** The row of lock entries of one namespace in the archive: {@code ns/NS/lock/} and ten digits. Thread-safe. */
final class LockRow {
    private static final String FOLDER = "lock/";

    private final EntryRow<LockEntry> row;

    LockRow(NamespaceArchive archive) {
        row = new EntryRow<>(
                archive.store(), archive.documents(), archive.layout().prefix() + FOLDER, new EntryCodec());
    }

    /** Returns the entry with the greatest number. */
    Optional<LockEntry> last() {
        return row.last();
    }

    /**
     * Adds an entry.
     *
     * @return whether it was created and is the last one of the row
     */
    boolean append(LockEntry entry) {
        return row.append(entry);
    }

    /** Removes entries below a number: those of one page, the lowest first. Does nothing where the store refuses to delete. */
    void removeBefore(long sequence) {
        row.removeBefore(sequence);
    }

    private static final class EntryCodec implements EntryRow.Codec<LockEntry> {
        @Override
        public long sequence(LockEntry entry) {
            return entry.sequence();
        }

        @Override
        public byte[] encode(LockEntry entry) {
            return Documents.encode(entry);
        }

        @Override
        public LockEntry decode(byte[] content, String name) {
            return Documents.decode(content, LockEntry.class, name);
        }
    }
}
