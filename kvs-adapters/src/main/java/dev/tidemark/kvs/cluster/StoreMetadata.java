package dev.tidemark.kvs.cluster;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a store without a catalogue of its own keeps about itself, in cells of the internal table {@code _tidemark} at version
 * timestamp 0: which transactions schemas apply, and how far garbage collection has gone. It is part of every snapshot. The
 * row is the name of the fact in UTF-8, the column is {@code v}. Thread-safe.
 */
public final class StoreMetadata {
    /** The table that holds the facts. */
    public static final TableName TABLE = TableName.of("_tidemark");

    private static final Bytes COLUMN = Bytes.utf8("v");
    private static final Cell SCHEMAS = Cell.of(Bytes.utf8("transactions-schemas"), COLUMN);
    private static final Cell EARLIEST_READABLE = Cell.of(Bytes.utf8("earliest-readable-timestamp"), COLUMN);

    private final CellStore cells;

    /** Creates access to the facts of this store. */
    public StoreMetadata(CellStore cells) {
        this.cells = cells;
    }

    /**
     * Sets up the table; a store that has it keeps what it has.
     *
     * @param schemas the transactions schemas of a new store
     */
    public void initialise(TransactionsSchemaMap schemas) {
        cells.createTable(TABLE);
        cells.putUnlessExists(TABLE, SCHEMAS, encode(schemas));
    }

    /**
     * Reads which transactions schemas apply.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when the fact is missing or can't be read
     */
    public TransactionsSchemaMap transactionsSchemas() {
        return decode(read(SCHEMAS)
                .orElseThrow(() -> new KeyValueStoreException(
                        ErrorCode.STORE_DAMAGED,
                        "the store does not say which transactions schema it uses",
                        "Restore the store from a backup.")));
    }

    /**
     * Returns the lowest timestamp at which reads still find every version that they need; 0 when nothing was swept.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when the fact can't be read
     */
    public long earliestReadableTimestamp() {
        return read(EARLIEST_READABLE).map(StoreMetadata::decodeTimestamp).orElse(0L);
    }

    /**
     * Records, durably and before anything is deleted, that reads below the timestamp may miss versions from now on. A lower
     * timestamp than the recorded one changes nothing.
     */
    public void raiseEarliestReadableTimestamp(long timestamp) {
        Bytes update = Bytes.ofLong(timestamp);
        Optional<Bytes> found = cells.putUnlessExists(TABLE, EARLIEST_READABLE, update);
        while (found.isPresent() && decodeTimestamp(found.get()) < timestamp) {
            if (cells.compareAndSet(TABLE, EARLIEST_READABLE, found.get(), update)) {
                return;
            }
            found = read(EARLIEST_READABLE);
        }
    }

    private Optional<Bytes> read(Cell cell) {
        return Optional.ofNullable(cells.getLatest(TABLE, Set.of(cell), 0).get(cell))
                .map(Version::value);
    }

    /** One {@code first=version} pair for each schema, separated by commas, in UTF-8. */
    private static Bytes encode(TransactionsSchemaMap schemas) {
        return Bytes.utf8(schemas.firstTimestampToVersion().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(",")));
    }

    private static long decodeTimestamp(Bytes value) {
        if (value.length() != Long.BYTES) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "earliest readable timestamp '" + value + "' can't be read (expected: 8 bytes)",
                    "Restore the store from a backup.");
        }
        return value.toLong();
    }

    private static TransactionsSchemaMap decode(Bytes value) {
        TreeMap<Long, Integer> versions = new TreeMap<>();
        try {
            for (String pair : value.toUtf8().split(",", -1)) {
                int equals = pair.indexOf('=');
                versions.put(Long.parseLong(pair.substring(0, equals)), Integer.parseInt(pair.substring(equals + 1)));
            }
            return new TransactionsSchemaMap(versions);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "transactions schemas '" + value.toUtf8() + "' can't be read (expected: first=version,...)",
                    "Restore the store from a backup.",
                    e);
        }
    }
}
