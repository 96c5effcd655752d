package dev.tidemark.kvs.transactiontable;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellChange;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * The transactions table of a store that keeps it in ordinary cells, in one or several of AtlasDB's schemas. Which schema
 * applies to a start timestamp comes from the map alone, never from the bytes: a value of one schema can look like one of
 * another. Thread-safe.
 */
public final class CellTransactionTable implements TransactionTable {
    private static final Bytes ZERO_BYTE = Bytes.wrap(new byte[] {0});

    /**
     * Most quanta that are scanned one by one. An interval with more, which a fast-forward to a far timestamp makes, has more
     * quanta without an entry than the table is long.
     */
    private static final int MAX_QUANTA = 1_000;

    private final CellStore cells;
    private final TransactionsSchemaMap schemas;

    /** Creates access to the transactions tables of a store. */
    public CellTransactionTable(CellStore cells, TransactionsSchemaMap schemas) {
        this.cells = cells;
        this.schemas = schemas;
    }

    /** Creates the tables that the schemas need; those that exist stay. */
    public void createTables() {
        for (int version : Set.copyOf(schemas.firstTimestampToVersion().values())) {
            cells.createTable(TransactionsEncoding.ofSchema(version).table());
        }
    }

    /** Returns the schema version that applies to a start timestamp. */
    public int schemaVersionAt(long startTimestamp) {
        return schemas.versionAt(startTimestamp);
    }

    /**
     * Puts an entry if the transaction has none; atomic. Durable on return.
     *
     * @return the state that was there already; empty when this call put its own
     */
    public Optional<TransactionState> propose(long startTimestamp, TransactionState state) {
        TransactionsEncoding encoding = encodingAt(startTimestamp);
        return cells.putUnlessExists(
                        encoding.table(), encoding.cellOf(startTimestamp), encoding.encode(startTimestamp, state))
                .map(value -> encoding.decode(startTimestamp, value));
    }

    /**
     * Replaces an entry that is in the expected state; atomic. Durable on return.
     *
     * @return whether it was replaced
     */
    public boolean replace(long startTimestamp, TransactionState expected, TransactionState update) {
        TransactionsEncoding encoding = encodingAt(startTimestamp);
        return cells.compareAndSet(
                encoding.table(),
                encoding.cellOf(startTimestamp),
                encoding.encode(startTimestamp, expected),
                encoding.encode(startTimestamp, update));
    }

    @Override
    public Optional<TransactionState> read(long startTimestamp) {
        TransactionsEncoding encoding = encodingAt(startTimestamp);
        Cell cell = encoding.cellOf(startTimestamp);
        return Optional.ofNullable(
                        cells.getLatest(encoding.table(), Set.of(cell), 0).get(cell))
                .map(Version::value)
                .map(value -> encoding.decode(startTimestamp, value));
    }

    @Override
    public boolean abort(TransactionEntry seen) {
        if (seen.state() instanceof TransactionState.Aborted) {
            return true;
        }
        if (replace(seen.startTimestamp(), seen.state(), TransactionState.ABORTED)) {
            return true;
        }
        return isAborted(seen.startTimestamp());
    }

    @Override
    public List<TransactionEntry> abortAll(List<TransactionEntry> seen) {
        Map<TransactionsEncoding, List<TransactionEntry>> byEncoding = new LinkedHashMap<>();
        for (TransactionEntry entry : seen) {
            if (!(entry.state() instanceof TransactionState.Aborted)) {
                byEncoding
                        .computeIfAbsent(encodingAt(entry.startTimestamp()), encoding -> new ArrayList<>())
                        .add(entry);
            }
        }
        Set<TransactionEntry> changed = new HashSet<>();
        byEncoding.forEach((encoding, entries) -> changed.addAll(abortAll(encoding, entries)));
        return changed.isEmpty()
                ? List.of()
                : seen.stream().filter(changed::contains).toList();
    }

    private List<TransactionEntry> abortAll(TransactionsEncoding encoding, List<TransactionEntry> seen) {
        List<CellChange> changes = new ArrayList<>(seen.size());
        for (TransactionEntry entry : seen) {
            long start = entry.startTimestamp();
            changes.add(new CellChange(
                    encoding.cellOf(start),
                    encoding.encode(start, entry.state()),
                    encoding.encode(start, TransactionState.ABORTED)));
        }
        Set<Cell> refused = cells.compareAndSetAll(encoding.table(), changes);
        List<TransactionEntry> changed = new ArrayList<>();
        for (int i = 0; i < seen.size() && changed.size() < refused.size(); i++) {
            if (refused.contains(changes.get(i).cell())
                    && !isAborted(seen.get(i).startTimestamp())) {
                changed.add(seen.get(i));
            }
        }
        return changed;
    }

    private boolean isAborted(long startTimestamp) {
        return read(startTimestamp)
                .filter(TransactionState.Aborted.class::isInstance)
                .isPresent();
    }

    @Override
    public List<Part> split(TimestampRange starts, int maxParts) {
        if (maxParts < 1) {
            throw new IllegalArgumentException("maxParts: " + maxParts + " (expected: >= 1)");
        }
        List<TimestampRange> ranges = schemas.oneVersionEach(starts);
        int partsPerRange = Math.max(1, maxParts / ranges.size());
        if (ranges.size() >= maxParts) {
            // More schemas than parts: the parts can't be fewer than one, but each can hold several schemas.
            return List.of(new Part(starts, 0, 1));
        }
        List<Part> parts = new ArrayList<>();
        for (TimestampRange range : ranges) {
            if (isTickets(range.lower())) {
                int slices = Math.min(partsPerRange, Tickets.ROWS_PER_QUANTUM);
                for (int slice = 0; slice < slices; slice++) {
                    parts.add(new Part(range, slice, slices));
                }
            } else {
                range.cut(partsPerRange).forEach(piece -> parts.add(new Part(piece, 0, 1)));
            }
        }
        return parts;
    }

    @Override
    public CloseableIterator<TransactionEntry> scan(Part part) {
        return new PartIterator(part);
    }

    private TransactionsEncoding encodingAt(long startTimestamp) {
        return TransactionsEncoding.ofSchema(schemas.versionAt(startTimestamp));
    }

    private boolean isTickets(long startTimestamp) {
        return schemas.versionAt(startTimestamp) > 1;
    }

    /**
     * The scans of the store that a part needs, one after the other: for schema 1 one of the interval's rows, for schemas 2
     * and 3 one for each quantum and row of the slice, cut to the columns of the interval; or one for each row of the slice, in
     * all quanta, when these are too many.
     */
    private final class PartIterator implements CloseableIterator<TransactionEntry> {
        private final Part part;
        private final Iterator<TimestampRange> ranges;
        private TransactionsEncoding encoding;
        private TimestampRange range;
        private long nextQuantum;
        private int nextRow;
        private CloseableIterator<CellVersion> current;
        private TransactionEntry next;

        PartIterator(Part part) {
            this.part = part;
            this.ranges = schemas.oneVersionEach(part.starts()).iterator();
            try {
                advance();
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public TransactionEntry next() {
            if (next == null) {
                throw new NoSuchElementException();
            }
            TransactionEntry result = next;
            advance();
            return result;
        }

        @Override
        public void close() {
            if (current != null) {
                current.close();
                current = null;
            }
            next = null;
        }

        private void advance() {
            next = null;
            while (next == null) {
                if (current != null && current.hasNext()) {
                    CellVersion cell = current.next();
                    long start = encoding.startTimestampOf(cell.cell());
                    if (range.contains(start)) {
                        next = new TransactionEntry(start, encoding.decode(start, cell.value()));
                    }
                } else if (!openNext()) {
                    return;
                }
            }
        }

        private boolean openNext() {
            close();
            if (range != null && isTickets(range.lower()) && openNextRow()) {
                return true;
            }
            if (!ranges.hasNext()) {
                return false;
            }
            range = ranges.next();
            encoding = encodingAt(range.lower());
            if (isTickets(range.lower())) {
                nextQuantum = range.lower() / Tickets.QUANTUM;
                nextRow = part.slice();
                return openNextRow() || openNext();
            }
            current = scan(CellRange.rows(
                    VarLong.encode(range.lower()), VarLong.encode(range.upper()).concat(ZERO_BYTE)));
            return true;
        }

        private boolean openNextRow() {
            if (range.upper() / Tickets.QUANTUM - range.lower() / Tickets.QUANTUM >= MAX_QUANTA) {
                return openNextRowOfAllQuanta();
            }
            if (nextRow >= Tickets.ROWS_PER_QUANTUM) {
                nextQuantum++;
                nextRow = part.slice();
            }
            if (nextQuantum > range.upper() / Tickets.QUANTUM) {
                return false;
            }
            long first = nextQuantum * Tickets.QUANTUM;
            long last = first > Long.MAX_VALUE - Tickets.QUANTUM ? Long.MAX_VALUE : first + Tickets.QUANTUM - 1;
            TimestampRange inQuantum =
                    new TimestampRange(Math.max(Math.max(1, first), range.lower()), Math.min(last, range.upper()));
            current = scan(Tickets.slice(inQuantum, nextRow));
            nextRow += part.slices();
            return true;
        }

        private boolean openNextRowOfAllQuanta() {
            if (nextRow >= Tickets.ROWS_PER_QUANTUM) {
                return false;
            }
            current = scan(Tickets.sliceOfAllQuanta(nextRow));
            nextRow += part.slices();
            return true;
        }

        private CloseableIterator<CellVersion> scan(CellRange cellRange) {
            try {
                return cells.scan(encoding.table(), cellRange, 0);
            } catch (KeyValueStoreException e) {
                if (e.code() == ErrorCode.UNKNOWN_TABLE) {
                    throw new KeyValueStoreException(
                            ErrorCode.STORE_DAMAGED,
                            "the transactions table '" + encoding.table() + "' is missing",
                            "Check that the store is the right one; without this table nothing in it can be trusted.",
                            e);
                }
                throw e;
            }
        }
    }

    @Override
    public String toString() {
        return "CellTransactionTable" + Map.copyOf(schemas.firstTimestampToVersion());
    }
}
