package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The outcomes of transactions that were looked up last. Only decided outcomes belong here. Thread-safe.
 *
 * <p>A cache lives no longer than the transaction, the scan or the batch that it serves: a rewind turns committed into
 * aborted, and it drops every lease when it does, so whoever works under one lease never sees both.
 */
final class EntryCache {
    private static final float LOAD_FACTOR = 0.75f;

    private final Map<Long, TransactionState> states;

    EntryCache(int maxEntries) {
        this.states = new LinkedHashMap<>(16, LOAD_FACTOR, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, TransactionState> eldest) {
                return size() > maxEntries;
            }
        };
    }

    /** Returns the outcome, or null when it is not cached. */
    synchronized TransactionState get(long startTimestamp) {
        return states.get(startTimestamp);
    }

    synchronized void put(long startTimestamp, TransactionState outcome) {
        states.put(startTimestamp, outcome);
    }
}
