package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Repairs and cleans all stores of a namespace, which are open for one operation alone, and counts what is left.
 *
 * <p>Cleaning begins after the repair: until all replicas of the transactions tables agree, an entry that one replica has is
 * found by some readers and by others not.
 */
public final class StoreCleaner {
    private final Map<String, StoreCluster> stores;
    private final long target;
    private final TimestampRange starts;
    private final ParallelWork work;

    /**
     * Creates a cleaner.
     *
     * @param stores the stores by name
     * @param target every commit above it is aborted
     * @param starts start timestamps of the transactions that can have such a commit
     */
    public StoreCleaner(Map<String, StoreCluster> stores, long target, TimestampRange starts, ParallelWork work) {
        this.stores = stores;
        this.target = target;
        this.starts = starts;
        this.work = work;
    }

    /** Makes the replicas of the internal tables equal, or those of all tables. */
    public void repair(boolean isEveryTable, StepContext<?> context) {
        stores.forEach((name, cluster) -> {
            Set<TableName> tables = cluster.cells().tables(); // what else a store says of itself may need the repair
            Set<TableName> chosen = isEveryTable
                    ? tables
                    : tables.stream().filter(TableName::isInternal).collect(Collectors.toSet());
            context.ensureHeld();
            cluster.repair(chosen);
        });
    }

    /**
     * Makes sure that what is changed from here on takes effect.
     *
     * @throws dev.tidemark.kvs.KeyValueStoreException {@link ErrorCode#CLOCK_BEHIND} when it would not
     */
    public void prepareClean(StepContext<?> context) {
        stores.values().forEach(cluster -> {
            context.ensureHeld();
            cluster.prepareClean(starts);
        });
    }

    /** Aborts every commit above the target; returns what was done, by store. */
    public Map<String, TransactionCleaner.Result> clean(StepContext<?> context) {
        Map<String, TransactionCleaner.Result> results = new TreeMap<>();
        stores.forEach((name, cluster) -> {
            TransactionCleaner cleaner =
                    new TransactionCleaner(cluster.transactionTable(), target, work, (scanned, aborted) -> {
                        context.ensureHeld();
                        context.progress(0, 0, scanned);
                    });
            results.put(name, cleaner.clean(starts));
        });
        return results;
    }

    /**
     * Counts the commits above the target, by store.
     *
     * @throws CoordinatorException {@link ErrorCode#VERIFICATION_FAILED} when there are any
     */
    public void requireClean() {
        count().forEach((name, left) -> {
            if (left != 0) {
                throw new CoordinatorException(
                        ErrorCode.VERIFICATION_FAILED,
                        left + " commits above timestamp " + target + " are left in store '" + name + "'",
                        "Stop every client of the namespace, then run 'tidemark resume'.");
            }
        });
    }

    /** Counts the commits above the target, by store, and changes nothing. */
    public Map<String, Long> count() {
        Map<String, Long> counts = new TreeMap<>();
        stores.forEach((name, cluster) -> counts.put(
                name,
                new TransactionCleaner(cluster.transactionTable(), target, work, (scanned, aborted) -> {})
                        .count(starts)));
        return counts;
    }
}
