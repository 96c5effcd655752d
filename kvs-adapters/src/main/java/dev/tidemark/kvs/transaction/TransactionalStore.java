package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.transaction.LeaseKeeper.HeldLease;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Snapshot-isolation transactions over a store and a timestamp oracle. Any number of clients, in any number of processes, may
 * work on one store, provided that all use the same oracle namespace. Thread-safe; each transaction belongs to one thread at
 * a time.
 *
 * <p>A transaction takes its lease on the immutable timestamp first and its start timestamp then, so that the immutable
 * timestamp, and with it the sweeper, stays below the start timestamp while the transaction runs.
 */
public final class TransactionalStore implements AutoCloseable {
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(1);
    private static final int MAX_DOUBLINGS = 20;

    private final CellStore cells;
    private final CellTransactionTable table;
    private final TransactionOracle oracle;
    private final TransactionSeams seams;
    private final TransactionOptions options;
    private final TransactionsSchemaMap schemas;
    private final LeaseKeeper leases;
    private final Waiting waiting;
    private final Commit commit;

    private volatile boolean isClosed;

    /**
     * Creates a client of the store, sets up the transactions tables that are missing, and begins to refresh its leases.
     *
     * @param cells stays the caller's, who closes the store behind it after this
     * @param schemas the transactions schemas of the store
     * @param oracle the oracle of the namespace that the store belongs to
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when the store says that it uses other schemas
     */
    public TransactionalStore(
            CellStore cells,
            TransactionsSchemaMap schemas,
            TransactionOracle oracle,
            TransactionSeams seams,
            TransactionOptions options) {
        this.cells = Objects.requireNonNull(cells, "cells");
        this.schemas = Objects.requireNonNull(schemas, "schemas");
        this.oracle = Objects.requireNonNull(oracle, "oracle");
        this.seams = Objects.requireNonNull(seams, "seams");
        this.options = Objects.requireNonNull(options, "options");
        this.table = new CellTransactionTable(cells, schemas);
        this.waiting = new Waiting(seams.sleeper());
        requireSchemas(cells, schemas);
        table.createTables();
        this.leases = new LeaseKeeper(oracle, seams, options);
        this.commit = new Commit(cells, table, oracle, leases, seams.events());
    }

    private static void requireSchemas(CellStore cells, TransactionsSchemaMap schemas) {
        if (!cells.tables().contains(StoreMetadata.TABLE)) {
            return;
        }
        TransactionsSchemaMap recorded = new StoreMetadata(cells).transactionsSchemas();
        if (!recorded.equals(schemas)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "transactions schemas: " + schemas.firstTimestampToVersion() + " (expected: those of the store, "
                            + recorded.firstTimestampToVersion() + ")",
                    "Open the store with the schemas that it was set up with.");
        }
    }

    /**
     * Creates a table for the application; does nothing when it exists. Durable on return.
     *
     * @throws IllegalArgumentException when the name begins with an underscore
     */
    public void createTable(TableName name) {
        if (name.isInternal()) {
            throw new IllegalArgumentException("table: '" + name + "' (expected: a name not beginning with _)");
        }
        cells.createTable(name);
    }

    /**
     * Begins a transaction.
     *
     * @return to be committed or closed
     * @throws KeyValueStoreException {@link ErrorCode#NOT_ALLOWED_NOW} when too many are open
     * @throws TidemarkException as {@link TransactionOracle}: {@link ErrorCode#NAMESPACE_FENCED} while a restore holds the
     *     namespace, {@link ErrorCode#ORACLE_UNAVAILABLE}
     */
    public Transaction begin() {
        requireOpen();
        HeldLease lease = leases.take();
        try {
            long start = oracle.freshTimestamp();
            Outcomes outcomes = new Outcomes(table, waiting, options.rollBackPatience(), lease.immutableTimestamp());
            return new Transaction(start, lease, outcomes, this);
        } catch (RuntimeException e) {
            leases.releaseQuietly(lease);
            throw e;
        }
    }

    /**
     * Runs the body in a transaction and commits it; runs it again in a new one, after a short random wait, when it was
     * rolled back because of a conflict or a lost lease. So the body may run several times and must have no effect
     * but through its transaction. A body that aborts its transaction ends it without a commit.
     *
     * @return what the body returned in the attempt that committed
     * @throws TidemarkException as {@link Transaction#commit} and {@link #begin}; a conflict or a lost lease only when
     *     the last attempt met it; what the body throws otherwise, after its transaction was aborted
     */
    public <T> T execute(Function<Transaction, T> body) {
        int attempt = 1;
        while (true) {
            try (Transaction transaction = begin()) {
                T result = body.apply(transaction);
                if (transaction.status() == Transaction.Status.RUNNING) {
                    transaction.commit();
                }
                return result;
            } catch (TidemarkException e) {
                if (attempt >= options.maxAttempts() || !isWorthAnotherAttempt(e)) {
                    throw e;
                }
            }
            backOff(attempt);
            attempt++;
        }
    }

    private static boolean isWorthAnotherAttempt(TidemarkException e) {
        return e.code() == ErrorCode.TRANSACTION_CONFLICT || e.code() == ErrorCode.LEASE_LOST;
    }

    private void backOff(int attempt) {
        Duration exponential = FIRST_BACK_OFF.multipliedBy(1L << Math.min(attempt - 1, MAX_DOUBLINGS));
        Duration limit = exponential.compareTo(options.maxBackOff()) < 0 ? exponential : options.maxBackOff();
        if (!limit.isZero()) {
            waiting.sleep(Duration.ofNanos(randomBelow(limit.toNanos()) + 1), "waiting to run a transaction again");
        }
    }

    private long randomBelow(long bound) {
        RandomGenerator random = seams.random();
        synchronized (random) {
            return random.nextLong(bound);
        }
    }

    /** Returns a sweeper of the store. */
    public Sweeper sweeper(SweepOptions sweepOptions) {
        return new Sweeper(cells, schemas, oracle, seams, sweepOptions);
    }

    /** Ends the leases of all open transactions, which can't commit any more. Closing twice does nothing. */
    @Override
    public void close() {
        isClosed = true;
        leases.close();
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("the transactional store is closed");
        }
    }

    CellStore cells() {
        return cells;
    }

    LeaseKeeper leases() {
        return leases;
    }

    Commit commit() {
        return commit;
    }

    TransactionOptions options() {
        return options;
    }

    TransactionEvents events() {
        return seams.events();
    }
}
