package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.simulation.Model.Committed;
import dev.tidemark.coordinator.simulation.Model.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.transaction.CellValue;
import dev.tidemark.kvs.transaction.SweepOptions;
import dev.tidemark.kvs.transaction.Transaction;
import dev.tidemark.kvs.transaction.TransactionEvents;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A process of the application. It runs transactions of the reference protocol, keeps some of them open for long, reads and checks
 * what always holds, sweeps, and dies now and then in the middle of a commit.
 */
final class Client {
    private static final int MAX_OPEN = 3;
    private static final Set<ErrorCode> ALWAYS = Set.of(ErrorCode.TRANSACTION_CONFLICT);
    private static final Set<ErrorCode> AFTER_DISTURBANCE = Set.of(
            ErrorCode.LEASE_LOST,
            ErrorCode.NAMESPACE_FENCED,
            ErrorCode.UNKNOWN_NAMESPACE,
            ErrorCode.STORE_UNAVAILABLE,
            ErrorCode.RESTORE_INCOMPLETE,
            ErrorCode.UNKNOWN_TABLE,
            ErrorCode.ORACLE_UNAVAILABLE);

    private final World world;
    final Actor actor;
    private TransactionalStore store;
    private final List<Open> open = new ArrayList<>();
    private Open committing;
    private boolean isMortal;

    Client(World world, String name) {
        this.world = world;
        this.actor = new Actor(name, false);
    }

    boolean isDead() {
        return actor.isDead;
    }

    /** Does one thing. */
    void step() {
        world.calls.run(actor, () -> {
            try {
                if (store == null) {
                    connect();
                    isMortal = true;
                }
                act();
            } catch (TidemarkException e) {
                requireDocumented(e);
            } catch (Actor.Crash e) {
                actor.isDead = true;
            }
        });
    }

    private void connect() {
        TransactionEvents dying = new TransactionEvents() {
            @Override
            public void afterCellsWritten(long startTimestamp) {
                maybeDie("after its cells");
            }

            @Override
            public void afterCommitTimestamp(long startTimestamp, long commitTimestamp) {
                committing.commit = commitTimestamp;
                maybeDie("after its commit timestamp");
            }

            @Override
            public void afterStaging(long startTimestamp, long commitTimestamp) {
                maybeDie("after staging");
            }

            @Override
            public void afterEntry(long startTimestamp, long commitTimestamp) {
                maybeDie("after its entry");
            }
        };
        store = new TransactionalStore(
                world.clientCells,
                world.schemas,
                world.clientOracle,
                new TransactionSeams(
                        world.time.tasksOf(actor),
                        () -> new UUID(world.random.nextLong(), world.random.nextLong()),
                        world.time.clockOf(actor),
                        world.time.sleeperOf(actor, () -> {}),
                        world.random,
                        dying),
                TransactionOptions.defaults());
    }

    private void maybeDie(String where) {
        if (isMortal && !world.isBrisk && world.random.nextInt(50) == 0) {
            world.coverage.count("client died " + where);
            throw actor.die(where);
        }
    }

    private void act() {
        int choice = world.random.nextInt(100);
        if (choice < 25) {
            commit(begin(this::transfer));
        } else if (choice < 40) {
            commit(begin(this::turnRing));
        } else if (choice < 60) {
            commit(begin(this::setPair));
        } else if (choice < 73 && !world.isBrisk) {
            if (open.size() < MAX_OPEN) {
                open.add(begin(world.random.nextBoolean() ? this::transfer : this::setPair));
            }
        } else if (choice < 85) {
            if (!open.isEmpty()) {
                commit(open.remove(world.random.nextInt(open.size())));
            }
        } else if (choice < 93) {
            sweep();
            if (world.isBrisk) {
                sweep();
            }
        } else {
            readAll();
        }
    }

    /** Writes the first state. */
    void open() {
        world.calls.run(actor, () -> {
            connect();
            Tables.ALL.forEach(store::createTable);
            Open transaction = new Open(store.begin(), world.calls.clock());
            Tables.opening().forEach((row, value) -> transaction.put(row, value));
            commit(transaction);
            isMortal = true;
        });
    }

    private Open begin(java.util.function.Consumer<Open> body) {
        int beganAt = world.calls.clock();
        Open transaction = new Open(store.begin(), beganAt);
        try {
            body.accept(transaction);
            return transaction;
        } catch (TidemarkException e) {
            transaction.transaction.close();
            throw e;
        }
    }

    private void transfer(Open transaction) {
        String from = "a" + world.random.nextInt(Tables.ACCOUNT_COUNT);
        String to = "a" + world.random.nextInt(Tables.ACCOUNT_COUNT);
        if (from.equals(to)) {
            setPair(transaction);
            return;
        }
        int amount = 1 + world.random.nextInt(20);
        int balanceFrom = Integer.parseInt(transaction.get(Tables.ACCOUNTS, from));
        int balanceTo = Integer.parseInt(transaction.get(Tables.ACCOUNTS, to));
        transaction.put(Tables.row(Tables.ACCOUNTS, from), "" + (balanceFrom - amount));
        transaction.put(Tables.row(Tables.ACCOUNTS, to), "" + (balanceTo + amount));
        transaction.put(Tables.row(Tables.LEDGER, "t" + world.nextId()), from + ":" + to + ":" + amount);
    }

    /** Takes the entry after the next one out of the ring and puts it in front of the next one. */
    private void turnRing(Open transaction) {
        String first = "r" + world.random.nextInt(Tables.RING_SIZE);
        String second = transaction.get(Tables.RING, first);
        String third = transaction.get(Tables.RING, second);
        String fourth = transaction.get(Tables.RING, third);
        transaction.put(Tables.row(Tables.RING, first), third);
        transaction.put(Tables.row(Tables.RING, third), second);
        transaction.put(Tables.row(Tables.RING, second), fourth);
    }

    private void setPair(Open transaction) {
        String row = "p" + world.random.nextInt(Tables.PAIR_COUNT);
        String value = world.random.nextInt(5) == 0 ? null : "v" + world.nextId();
        transaction.put(Tables.row(Tables.LEFT, row), value);
        transaction.put(Tables.row(Tables.RIGHT, row), value);
    }

    private void commit(Open transaction) {
        committing = transaction;
        boolean isEntered = false;
        try {
            transaction.transaction.commit();
            isEntered = true;
        } catch (TidemarkException | Actor.Crash e) {
            isEntered = transaction.transaction.status() != Transaction.Status.ABORTED && isCommitted(transaction);
            throw e;
        } finally {
            if (isEntered) {
                world.model.committed(new Committed(
                        transaction.start(),
                        transaction.commit,
                        transaction.writes,
                        transaction.beganAt,
                        world.calls.clock(),
                        false));
            }
        }
    }

    /** Looks the entry up for a client that does not know: what is not there will never be put. */
    private boolean isCommitted(Open transaction) {
        Optional<TransactionState> entry = world.entryOf(transaction.start());
        return entry.isPresent() && !entry.get().equals(TransactionState.ABORTED);
    }

    private void sweep() {
        TableName table = Tables.ALL.get(world.random.nextInt(Tables.ALL.size()));
        SweepOptions options = new SweepOptions(20, 10, Duration.ZERO);
        if (store.sweeper(options).sweep(table).deletedVersions() > 0) {
            world.coverage.count("sweep deleted versions");
        }
    }

    /** What was read holds only once the commit has returned. */
    private void readAll() {
        Map<Row, String> state = new TreeMap<>();
        try (Transaction transaction = store.begin()) {
            for (TableName table : Tables.ALL) {
                try (CloseableIterator<CellValue> scan = transaction.scan(table, CellRange.all())) {
                    scan.forEachRemaining(found -> state.put(
                            Tables.row(table, found.cell().row().toUtf8()),
                            found.value().toUtf8()));
                }
            }
            transaction.commit();
        }
        world.coverage.count("client read everything");
        Tables.requireConsistent(state, "a client's read");
    }

    private void requireDocumented(TidemarkException e) {
        world.coverage.count("client error " + e.code());
        boolean isExpected =
                ALWAYS.contains(e.code()) || (AFTER_DISTURBANCE.contains(e.code()) && world.isDisturbedForClients());
        if (!isExpected) {
            throw new Violation("I11", "a client got " + e.code() + ": " + e.getMessage(), e);
        }
    }

    /** Ends the process in good order. */
    void close() {
        world.calls.run(actor, () -> {
            if (store != null && !actor.isDead) {
                store.close();
            }
            actor.isDead = true;
        });
    }

    /** A transaction that is open, and what it has written so far. */
    private static final class Open {
        private final Transaction transaction;
        private final int beganAt;
        private final Map<Row, String> writes = new TreeMap<>();
        private long commit;

        private Open(Transaction transaction, int beganAt) {
            this.transaction = transaction;
            this.beganAt = beganAt;
        }

        private long start() {
            return transaction.startTimestamp();
        }

        private String get(TableName table, String row) {
            Optional<Bytes> value = transaction.get(table, Tables.cell(row));
            if (value.isEmpty()) {
                transaction.commit();
                throw new Violation("I1", "row " + table + "/" + row + " is missing");
            }
            return value.get().toUtf8();
        }

        private void put(Row row, String value) {
            TableName table = TableName.of(row.table());
            if (value == null) {
                transaction.delete(table, Tables.cell(row.row()));
            } else {
                transaction.put(table, Tables.cell(row.row()), Bytes.utf8(value));
            }
            writes.put(row, value);
        }
    }
}
