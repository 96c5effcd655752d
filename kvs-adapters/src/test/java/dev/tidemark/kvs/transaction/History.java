package dev.tidemark.kvs.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What clients asked and were answered, to be checked against a model: one map to which the committed transactions are
 * applied in the order of their commit timestamps. Thread-safe.
 */
final class History {
    /** A row and the text that was read or written; null for nothing. */
    static final class Record {
        final long start;
        final Map<String, String> writes = new HashMap<>();
        private final Map<String, String> reads = new HashMap<>();
        private final List<Map<String, String>> scans = new ArrayList<>();
        private Transaction.Status status = Transaction.Status.UNKNOWN;
        private long commitTimestamp;

        private Record(long start) {
            this.start = start;
        }

        void read(String row, String text) {
            if (!writes.containsKey(row)) {
                reads.put(row, text);
            }
        }

        void scanned(Map<String, String> found) {
            if (writes.isEmpty()) {
                scans.add(found);
            }
        }

        void ended(Transaction.Status how, long commit) {
            status = how;
            commitTimestamp = commit;
        }
    }

    private final List<Record> records = Collections.synchronizedList(new ArrayList<>());

    Record begin(long start) {
        Record result = new Record(start);
        records.add(result);
        return result;
    }

    /** Returns the state after all commits up to the timestamp, inclusive. */
    Map<String, String> stateAt(long timestamp) {
        Map<String, String> state = new TreeMap<>();
        records.stream()
                .filter(record -> record.status == Transaction.Status.COMMITTED
                        && !record.writes.isEmpty()
                        && record.commitTimestamp <= timestamp)
                .sorted(Comparator.comparingLong(record -> record.commitTimestamp))
                .forEach(record -> record.writes.forEach((row, text) -> {
                    if (text == null) {
                        state.remove(row);
                    } else {
                        state.put(row, text);
                    }
                }));
        return state;
    }

    /** Finds out how transactions ended whose clients died, and compares with what the others were told. */
    void resolve(CellTransactionTable entries) {
        Outcomes outcomes = Outcomes.withoutWaiting(entries);
        for (Record record : records) {
            if (record.writes.isEmpty()) {
                continue;
            }
            TransactionState outcome = outcomes.force(record.start);
            if (outcome instanceof TransactionState.Committed committed) {
                assertThat(record.status).as("status of %s", record.start).isNotEqualTo(Transaction.Status.ABORTED);
                if (record.status == Transaction.Status.COMMITTED) {
                    assertThat(record.commitTimestamp).isEqualTo(committed.commitTimestamp());
                }
                record.ended(Transaction.Status.COMMITTED, committed.commitTimestamp());
            } else {
                assertThat(record.status).as("status of %s", record.start).isNotEqualTo(Transaction.Status.COMMITTED);
                record.ended(Transaction.Status.ABORTED, 0);
            }
        }
    }

    /** Checks snapshot isolation: one snapshot for each transaction, and no two writers of a row that overlap. */
    void check() {
        List<Record> committed = records.stream()
                .filter(record -> record.status == Transaction.Status.COMMITTED)
                .toList();
        for (Record record : committed) {
            Map<String, String> snapshot = stateAt(record.start - 1);
            record.reads.forEach((row, text) ->
                    assertThat(text).as("row %s read by %s", row, record.start).isEqualTo(snapshot.get(row)));
            record.scans.forEach(
                    scan -> assertThat(scan).as("scan by %s", record.start).isEqualTo(snapshot));
            for (Record other : committed) {
                boolean overlap = record.start < other.start && other.start < record.commitTimestamp;
                if (overlap) {
                    assertThat(Collections.disjoint(record.writes.keySet(), other.writes.keySet()))
                            .as(
                                    "%s and %s overlap and write %s, %s",
                                    record.start, other.start, record.writes, other.writes)
                            .isTrue();
                }
            }
        }
    }

    long committedWriters() {
        return records.stream()
                .filter(record -> record.status == Transaction.Status.COMMITTED && !record.writes.isEmpty())
                .count();
    }
}
