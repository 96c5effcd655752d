package dev.tidemark.cli.demo;

import dev.tidemark.cli.demo.WorkloadTables.Transfer;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.transaction.Transaction;
import dev.tidemark.kvs.transaction.TransactionalStore;
import java.util.random.RandomGenerator;

/** One client: transfers money, permutes the ring, sets pairs, by the throw of a die. Not thread-safe. */
final class WorkloadClient {
    private static final int CLIENT_SHIFT = 40;
    private static final int MAX_ATTEMPTS = 100;
    private static final int MAX_AMOUNT = 50;

    private final TransactionalStore store;
    private final WorkloadSettings settings;
    private final TransferHistory history;
    private final long number;
    private final RandomGenerator random;
    private long sequence;

    WorkloadClient(
            TransactionalStore store,
            WorkloadSettings settings,
            TransferHistory history,
            long number,
            RandomGenerator random) {
        this.store = store;
        this.settings = settings;
        this.history = history;
        this.number = number;
        this.random = random;
    }

    /** Runs one transaction until it is committed. */
    void runOne() {
        switch (random.nextInt(4)) {
            case 0 -> permuteRing();
            case 1 -> setPair();
            default -> transfer();
        }
    }

    private void transfer() {
        long id = (number << CLIENT_SHIFT) | ++sequence;
        long from = random.nextInt(settings.accounts());
        long to = (from + 1 + random.nextInt(settings.accounts() - 1)) % settings.accounts();
        long wanted = 1 + random.nextInt(MAX_AMOUNT);
        for (int attempt = 1; ; attempt++) {
            Transaction transaction = store.begin();
            try (transaction) {
                transfer(transaction, id, from, to, wanted);
                history.acknowledged(id, transaction.commit().orElseThrow());
                return;
            } catch (TidemarkException e) {
                if (transaction.status() == Transaction.Status.UNKNOWN) {
                    history.unknown(id);
                    throw e;
                }
                if (!isWorthAnotherAttempt(e) || attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Moves up to the amount that is wanted, what there is at most, and writes it into the ledger. */
    static void transfer(Transaction transaction, long id, long from, long to, long wanted) {
        long source = number(transaction, WorkloadTables.ACCOUNTS, from);
        long target = number(transaction, WorkloadTables.ACCOUNTS, to);
        long amount = Math.min(source, wanted);
        transaction.put(WorkloadTables.ACCOUNTS, WorkloadTables.cell(from), Bytes.ofLong(source - amount));
        transaction.put(WorkloadTables.ACCOUNTS, WorkloadTables.cell(to), Bytes.ofLong(target + amount));
        transaction.put(WorkloadTables.LEDGER, WorkloadTables.cell(id), new Transfer(from, to, amount).encode());
    }

    /** Takes the second of four successive nodes out and puts it behind the third. */
    private void permuteRing() {
        long first = random.nextInt(settings.ringNodes());
        store.execute(transaction -> {
            long second = number(transaction, WorkloadTables.RING, first);
            long third = number(transaction, WorkloadTables.RING, second);
            long fourth = number(transaction, WorkloadTables.RING, third);
            transaction.put(WorkloadTables.RING, WorkloadTables.cell(first), Bytes.ofLong(third));
            transaction.put(WorkloadTables.RING, WorkloadTables.cell(third), Bytes.ofLong(second));
            transaction.put(WorkloadTables.RING, WorkloadTables.cell(second), Bytes.ofLong(fourth));
            return null;
        });
    }

    private void setPair() {
        long key = random.nextInt(settings.pairs());
        Bytes value = Bytes.ofLong((number << CLIENT_SHIFT) | ++sequence);
        store.execute(transaction -> {
            transaction.put(WorkloadTables.LEFT, WorkloadTables.cell(key), value);
            transaction.put(WorkloadTables.RIGHT, WorkloadTables.cell(key), value);
            return null;
        });
    }

    private static long number(Transaction transaction, TableName table, long row) {
        return transaction.get(table, WorkloadTables.cell(row)).orElseThrow().toLong();
    }

    private static boolean isWorthAnotherAttempt(TidemarkException e) {
        return e.code() == ErrorCode.TRANSACTION_CONFLICT || e.code() == ErrorCode.LEASE_LOST;
    }
}
