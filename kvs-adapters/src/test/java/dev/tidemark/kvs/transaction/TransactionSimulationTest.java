package dev.tidemark.kvs.transaction;

import static dev.tidemark.kvs.transaction.TransactionWorld.TABLE;
import static dev.tidemark.kvs.transaction.TransactionWorld.cell;
import static dev.tidemark.kvs.transaction.TransactionWorld.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.transaction.TransactionWorld.ClientDied;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Clients that compete for few rows, die, and lose leases, beside a sweeper and a backup, interleaved at every single call of
 * the store and of the oracle. Replay one seed with {@code -Dtidemark.seed=N}, run more with {@code -Dtidemark.seeds=N}.
 */
class TransactionSimulationTest {
    private static final int DEFAULT_SEEDS = 200;
    private static final int CLIENTS = 3;
    private static final int TRANSACTIONS_PER_CLIENT = 8;
    private static final int ROWS = 4;

    @Test
    void run_ofEverySeed_keepsSnapshotIsolation() throws InterruptedException {
        long only = Long.getLong("tidemark.seed", -1);
        long first = only >= 0 ? only : 0;
        long last = only >= 0 ? only : Long.getLong("tidemark.seeds", DEFAULT_SEEDS) - 1;
        long committed = 0;
        for (long seed = first; seed <= last; seed++) {
            try {
                committed += new Run(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " failed; replay it with -Dtidemark.seed=" + seed, e);
            }
        }
        assertThat(committed).isGreaterThan((last - first + 1) * CLIENTS);
    }

    private static final class Run {
        private final SplittableRandom random;
        private final InMemoryStore store;
        private final TransactionWorld world;
        private final Turns turns;
        private final TransactionOracle oracle;
        private final History history = new History();
        private final AtomicLong nextText = new AtomicLong();
        private final Map<Long, Map<String, String>> backups = new TreeMap<>();
        private int clientsLeft = CLIENTS;

        private Run(long seed) {
            this.random = new SplittableRandom(seed);
            TransactionsSchemaMap schemas =
                    seed % 4 == 3 ? mixed() : TransactionsSchemaMap.always((int) (seed % 4) + 1);
            this.store = InMemoryStore.create(InMemoryOptions.threeNodes(50, schemas), random.split());
            this.world = new TransactionWorld(store.cells(), schemas);
            this.turns = new Turns(random.split());
            this.oracle = new SteppingOracle(world.oracle, turns::step);
            world.cells.always(turns::step);
        }

        private static TransactionsSchemaMap mixed() {
            return new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 30L, 2, 60L, 3)));
        }

        private long run() throws InterruptedException {
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom own = random.split();
                turns.add("client-" + i, () -> runClient(own));
            }
            SplittableRandom chaos = random.split();
            turns.add("chaos", () -> runChaos(chaos));
            turns.add("sweeper", this::runSweeper);
            turns.add("backup", this::runBackups);
            turns.run();

            world.oracle.loseAllLeases();
            history.resolve(world.entries);
            history.check();
            backups.forEach((timestamp, seen) ->
                    assertThat(seen).as("backup at %s", timestamp).isEqualTo(history.stateAt(timestamp)));
            long now = world.oracle.freshTimestamp();
            assertThat(world.visibleAt(now, TABLE)).isEqualTo(history.stateAt(now));
            new Sweeper(world.cells, world.schemas, world.oracle, seams(), SweepOptions.defaults()).sweepAll();
            assertThat(world.visibleAt(now, TABLE)).isEqualTo(history.stateAt(now));
            return history.committedWriters();
        }

        private TransactionSeams seams() {
            TransactionSeams seams = world.seams(TransactionEvents.NONE);
            return new TransactionSeams(
                    seams.tasks(),
                    seams.tokens(),
                    seams.clock(),
                    duration -> turns.step(),
                    seams.random(),
                    seams.events());
        }

        private TransactionSeams seams(SplittableRandom own) {
            TransactionEvents dying = new TransactionEvents() {
                @Override
                public void afterCellsWritten(long startTimestamp) {
                    maybeDie(own);
                }

                @Override
                public void afterCommitTimestamp(long startTimestamp, long commitTimestamp) {
                    maybeDie(own);
                }

                @Override
                public void afterStaging(long startTimestamp, long commitTimestamp) {
                    maybeDie(own);
                }

                @Override
                public void afterEntry(long startTimestamp, long commitTimestamp) {
                    maybeDie(own);
                }
            };
            return seams().withEvents(dying);
        }

        private static void maybeDie(SplittableRandom own) {
            if (own.nextInt(40) == 0) {
                throw new ClientDied();
            }
        }

        private void runClient(SplittableRandom own) {
            TransactionalStore client = client(own);
            for (int i = 0; i < TRANSACTIONS_PER_CLIENT; i++) {
                try {
                    runTransaction(client, own);
                } catch (ClientDied e) {
                    client = client(own);
                }
            }
            clientsLeft--;
        }

        private TransactionalStore client(SplittableRandom own) {
            return new TransactionalStore(
                    world.cells, world.schemas, oracle, seams(own), TransactionOptions.defaults());
        }

        private void runTransaction(TransactionalStore client, SplittableRandom own) {
            History.Record record = null;
            try (Transaction transaction = client.begin()) {
                record = history.begin(transaction.startTimestamp());
                int operations = 1 + own.nextInt(4);
                for (int i = 0; i < operations; i++) {
                    operate(transaction, record, own);
                }
                if (own.nextInt(10) == 0) {
                    transaction.abort();
                    record.ended(Transaction.Status.ABORTED, 0);
                    return;
                }
                try {
                    long commit = transaction.commit().orElse(0);
                    record.ended(Transaction.Status.COMMITTED, commit);
                } catch (TidemarkException e) {
                    assertThat(transaction.status()).isEqualTo(Transaction.Status.ABORTED);
                    record.ended(Transaction.Status.ABORTED, 0);
                    throw e;
                }
            } catch (TidemarkException e) {
                assertThat(List.of(ErrorCode.TRANSACTION_CONFLICT, ErrorCode.LEASE_LOST))
                        .contains(e.code());
                if (record != null) {
                    record.ended(Transaction.Status.ABORTED, 0);
                }
            }
        }

        private void operate(Transaction transaction, History.Record record, SplittableRandom own) {
            String row = "row" + own.nextInt(ROWS);
            int kind = own.nextInt(10);
            if (kind < 4) {
                record.read(row, TransactionWorld.get(transaction, row));
            } else if (kind < 5) {
                record.scanned(scan(transaction));
            } else if (kind < 6) {
                transaction.delete(TABLE, cell(row));
                record.writes.put(row, null);
            } else {
                String text = "" + nextText.incrementAndGet();
                transaction.put(TABLE, cell(row), value(text));
                record.writes.put(row, text);
            }
        }

        private static Map<String, String> scan(Transaction transaction) {
            Map<String, String> found = new TreeMap<>();
            try (CloseableIterator<CellValue> scan = transaction.scan(TABLE, CellRange.all())) {
                scan.forEachRemaining(next ->
                        found.put(next.cell().row().toUtf8(), next.value().toUtf8()));
            }
            return found;
        }

        /** Takes a lease away now and then, delivers late writes, and lets clients refresh. */
        private void runChaos(SplittableRandom own) {
            while (clientsLeft > 0) {
                List<LeaseToken> leases = world.oracle.uncheckedLeases().stream()
                        .sorted((one, other) -> one.requestId().compareTo(other.requestId()))
                        .toList();
                if (!leases.isEmpty() && own.nextInt(12) == 0) {
                    world.oracle.loseLease(leases.get(own.nextInt(leases.size())));
                }
                if (own.nextInt(8) == 0) {
                    store.deliver(own.nextInt(3));
                }
                if (own.nextInt(20) == 0) {
                    world.refreshLeases();
                }
                turns.step();
            }
        }

        private void runSweeper() {
            Sweeper sweeper = new Sweeper(
                    world.cells, world.schemas, oracle, seams(), new SweepOptions(3, 2, Duration.ofMillis(1)));
            while (clientsLeft > 0) {
                try {
                    sweeper.sweep(TABLE);
                } catch (TidemarkException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST);
                }
                turns.step();
            }
        }

        /** What a backup does: hold, fetch its timestamp, wait until it is settled, read, prove the hold. */
        private void runBackups() {
            long round = 0;
            while (clientsLeft > 0) {
                round++;
                LeaseToken hold = new LeaseToken(new UUID(1, round));
                oracle.lockImmutableTimestamp(hold);
                long timestamp = oracle.freshTimestamp();
                for (int i = 0; i < 200 && !oracle.isSettled(timestamp); i++) {
                    turns.step();
                }
                boolean isSettled = oracle.isSettled(timestamp);
                Map<String, String> seen = world.visibleAt(timestamp, TABLE);
                boolean isHeld = oracle.unlock(Set.of(hold)).contains(hold);
                if (isSettled && isHeld) {
                    backups.put(timestamp, seen);
                }
            }
        }
    }
}
