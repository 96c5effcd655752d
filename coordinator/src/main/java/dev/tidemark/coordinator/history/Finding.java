package dev.tidemark.coordinator.history;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * Something that is wrong with one transaction.
 *
 * @param kind what is wrong
 * @param store name of the transaction's store
 * @param start its start timestamp
 * @param commit its commit timestamp, from the history, or from the store when the history has none;
 *     {@link HistoryTransaction#NO_COMMIT} when there is none
 * @param line its line in the history, 0 when it is not there
 * @param place the cell that shows it, or null when it is not a matter of one cell
 * @param expected the value that ought to be there; empty for none
 * @param found the value that is there; empty for none
 * @param detail what was found, as text
 */
public record Finding(
        Kind kind,
        String store,
        long start,
        long commit,
        long line,
        Place place,
        Bytes expected,
        Bytes found,
        String detail)
        implements Comparable<Finding> {
    private static final int MAX_SHOWN_BYTES = 64;
    private static final Comparator<Finding> ORDER = Comparator.comparingLong(Finding::at)
            .thenComparingLong(Finding::start)
            .thenComparing(Finding::kind)
            .thenComparing(Finding::store)
            .thenComparing(Finding::place, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Finding::detail);

    /** Returns where the transaction stands in the order of all: its commit timestamp, or its start if it has none. */
    public long at() {
        return commit == HistoryTransaction.NO_COMMIT ? start : commit;
    }

    /** Orders by {@link #at}, so that the first of several is the first transaction that is wrong. */
    @Override
    public int compareTo(Finding other) {
        return ORDER.compare(this, other);
    }

    /** Returns one line of text for the operator. */
    public String message() {
        StringBuilder text = new StringBuilder("transaction " + start);
        text.append(commit == HistoryTransaction.NO_COMMIT ? "" : ", commit " + commit);
        text.append(line == 0 ? "" : ", line " + line).append(": ").append(detail);
        if (place != null) {
            text.append("; store '" + store + "' table '" + place.table + "' row " + shown(place.cell.row())
                    + " column " + shown(place.cell.column()));
            text.append(", expected " + shown(expected) + ", found " + shown(found));
        }
        return text.toString();
    }

    /** Returns bytes for people: text in quotes when they are printable ASCII, hexadecimal digits otherwise. */
    static String shown(Bytes bytes) {
        if (bytes.isEmpty()) {
            return "nothing";
        }
        try {
            String text = StandardCharsets.US_ASCII
                    .newDecoder()
                    .decode(bytes.toBuffer())
                    .toString();
            if (text.chars().allMatch(character -> character >= ' ' && character < 127)) {
                return "'" + shortened(text, MAX_SHOWN_BYTES) + "'";
            }
        } catch (CharacterCodingException e) {
            return "0x" + shortened(bytes.toHex(), 2 * MAX_SHOWN_BYTES);
        }
        return "0x" + shortened(bytes.toHex(), 2 * MAX_SHOWN_BYTES);
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "...";
    }

    /** A cell of a table. */
    public record Place(TableName table, Cell cell) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byTable = table.compareTo(other.table);
            return byTable != 0 ? byTable : cell.compareTo(other.cell);
        }
    }

    /** What can be wrong with a transaction. */
    public enum Kind {
        /** A write that ought to be visible is not, or with another value. */
        MISSING_WRITE,
        /** A value is visible that this transaction had no right to leave there. */
        EXTRA_VALUE,
        /** The store's transactions table does not say of the transaction what the history says. */
        WRONG_OUTCOME,
        /** The transaction read something else than the state at its start timestamp. */
        WRONG_READ,
        /** Another transaction that ran at the same time wrote the same cell, and both are committed. */
        LOST_UPDATE
    }
}
