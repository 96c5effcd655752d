package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The stores of a check by their number in the history's header. A transaction that is staging counts as committed, as it does for
 * a reader.
 *
 * @param names their names
 * @param clusters access to them
 */
record CheckedStores(List<String> names, List<StoreCluster> clusters) {
    /** Returns the stores in the order of the header, which has to name exactly these. */
    static CheckedStores of(HistoryHeader header, Map<String, StoreCluster> stores) {
        if (!new TreeSet<>(header.stores()).equals(new TreeSet<>(stores.keySet()))) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "the history is of the stores " + new TreeSet<>(header.stores())
                            + " (expected: those of the namespace, " + new TreeSet<>(stores.keySet()) + ")",
                    "Use the history of this namespace, or name the namespace that it belongs to.");
        }
        List<StoreCluster> clusters = new ArrayList<>();
        header.stores().forEach(name -> clusters.add(stores.get(name)));
        return new CheckedStores(header.stores(), clusters);
    }

    /** Returns the commit timestamp that a store has for a transaction, or {@link HistoryTransaction#NO_COMMIT}. */
    long commitOf(int store, long start) {
        return clusters.get(store)
                .transactionTable()
                .read(start)
                .map(CheckedStores::commitOf)
                .orElse(HistoryTransaction.NO_COMMIT);
    }

    static long commitOf(TransactionState state) {
        if (state instanceof TransactionState.Committed committed) {
            return committed.commitTimestamp();
        }
        return state instanceof TransactionState.Staging staging
                ? staging.commitTimestamp()
                : HistoryTransaction.NO_COMMIT;
    }

    /** Refuses when garbage collection of a store has passed the timestamp. */
    void requireReadable(long timestamp) {
        for (int i = 0; i < names.size(); i++) {
            clusters.get(i).describe().whyUnreadable(names.get(i), timestamp).ifPresent(reason -> {
                throw new CoordinatorException(
                        ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                        reason,
                        "Use a timestamp at or above the earliest readable one.");
            });
        }
    }
}
