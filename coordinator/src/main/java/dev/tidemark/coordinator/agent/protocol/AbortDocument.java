package dev.tidemark.coordinator.agent.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Asks for transactions to be aborted.
 *
 * @param restore for which restore
 * @param schemas schema version by the first start timestamp that it applies to
 * @param entries as they were seen, at most {@link CellStore#MAX_CHANGES}
 */
public record AbortDocument(RestoreId restore, Map<Long, Integer> schemas, List<Entry> entries) {
    /** Copies the collections and checks the number of entries. */
    public AbortDocument {
        Objects.requireNonNull(restore, "restore");
        schemas = Map.copyOf(schemas);
        entries = List.copyOf(entries);
        if (entries.size() > CellStore.MAX_CHANGES) {
            throw new IllegalArgumentException(
                    "entries: " + entries.size() + " (expected: at most " + CellStore.MAX_CHANGES + ")");
        }
    }

    /** Returns the request for these entries. */
    public static AbortDocument of(RestoreId restore, TransactionsSchemaMap schemas, List<TransactionEntry> seen) {
        return new AbortDocument(
                restore,
                schemas.firstTimestampToVersion(),
                seen.stream().map(Entry::of).toList());
    }

    /** Returns the schemas as the store takes them. */
    public TransactionsSchemaMap schemaMap() {
        return new TransactionsSchemaMap(new TreeMap<>(schemas));
    }

    /** Returns the entries as the store takes them. */
    public List<TransactionEntry> seen() {
        return entries.stream().map(Entry::toEntry).toList();
    }

    /** What a transaction was seen as. */
    public enum State {
        /** {@link TransactionState.Committed}. */
        @JsonProperty("committed")
        COMMITTED,
        /** {@link TransactionState.Staging}. */
        @JsonProperty("staging")
        STAGING,
        /** {@link TransactionState.Aborted}. */
        @JsonProperty("aborted")
        ABORTED
    }

    /**
     * An entry of the transactions table.
     *
     * @param commit commit timestamp; 0 when it is aborted
     */
    public record Entry(long start, State state, long commit) {
        /** Checks that there is a state. */
        public Entry {
            Objects.requireNonNull(state, "state");
        }

        /** Returns the JSON's form. */
        public static Entry of(TransactionEntry entry) {
            if (entry.state() instanceof TransactionState.Committed committed) {
                return new Entry(entry.startTimestamp(), State.COMMITTED, committed.commitTimestamp());
            }
            if (entry.state() instanceof TransactionState.Staging staging) {
                return new Entry(entry.startTimestamp(), State.STAGING, staging.commitTimestamp());
            }
            return new Entry(entry.startTimestamp(), State.ABORTED, 0);
        }

        /** Returns the entry as the store takes it. */
        public TransactionEntry toEntry() {
            TransactionState seen =
                    switch (state) {
                        case COMMITTED -> TransactionState.committed(commit);
                        case STAGING -> TransactionState.staging(commit);
                        case ABORTED -> TransactionState.ABORTED;
                    };
            return new TransactionEntry(start, seen);
        }
    }

    /** Those that have changed otherwise, in the order of the request. */
    public record Changed(List<Entry> entries) {
        /** Copies the list. */
        public Changed {
            entries = List.copyOf(entries);
        }
    }
}
