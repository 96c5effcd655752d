package dev.tidemark.kvs.transaction;

import static dev.tidemark.kvs.transaction.TransactionWorld.TABLE;
import static dev.tidemark.kvs.transaction.TransactionWorld.cell;
import static dev.tidemark.kvs.transaction.TransactionWorld.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.transaction.TransactionWorld.ClientDied;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random stores with open, committed, aborted and abandoned transactions: a sweep changes nothing at any timestamp from the
 * immutable timestamp on, and leaves nothing that only readers below it could see. Replay one seed with
 * {@code -Dtidemark.seed=N}.
 */
class SweeperPropertyTest {
    private static final int SEEDS = 150;
    private static final int ROWS = 4;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void sweep_ofARandomStore_removesExactlyWhatNobodySees(int schema) {
        long only = Long.getLong("tidemark.seed", -1);
        for (long seed = only >= 0 ? only : 0; seed < (only >= 0 ? only + 1 : SEEDS); seed++) {
            try {
                runSeed(schema, seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " failed; replay it with -Dtidemark.seed=" + seed, e);
            }
        }
    }

    private static void runSeed(int schema, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TransactionWorld world = new TransactionWorld(schema);
        List<Transaction> open = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            step(world, open, random);
        }
        long immutable = world.oracle.immutableTimestamp();
        long last = world.oracle.lastTimestamp();
        Map<Long, Map<String, String>> before = states(world, immutable - 1, last);

        SweepOptions options = new SweepOptions(1 + random.nextInt(8), 1 + random.nextInt(4), Duration.ZERO);
        SweepReport report = world.sweeper(options).sweep(TABLE);

        assertThat(states(world, immutable - 1, last)).isEqualTo(before);
        assertNothingSuperfluous(world, immutable);
        assertThat(world.metadata().earliestReadableTimestamp()).isLessThanOrEqualTo(report.sweptTo());
    }

    private static void step(TransactionWorld world, List<Transaction> open, SplittableRandom random) {
        int kind = random.nextInt(10);
        if (kind < 4 || open.isEmpty()) {
            TransactionEvents events = random.nextInt(5) == 0 ? dying() : TransactionEvents.NONE;
            Transaction transaction = world.client(events).begin();
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                String row = "row" + random.nextInt(ROWS);
                if (random.nextInt(3) == 0) {
                    transaction.delete(TABLE, cell(row));
                } else {
                    transaction.put(TABLE, cell(row), value("" + transaction.startTimestamp()));
                }
            }
            open.add(transaction);
            return;
        }
        Transaction transaction = open.remove(random.nextInt(open.size()));
        try {
            transaction.commit();
        } catch (KeyValueStoreException e) {
            assertThat(transaction.status()).isEqualTo(Transaction.Status.ABORTED);
        } catch (ClientDied e) {
            List<LeaseToken> leases = List.copyOf(world.oracle.leases());
            if (open.isEmpty()) {
                leases.forEach(world.oracle::loseLease);
            }
        }
    }

    private static TransactionEvents dying() {
        return new TransactionEvents() {
            @Override
            public void afterConflictCheck(long startTimestamp) {
                throw new ClientDied();
            }
        };
    }

    /** Returns what is visible at each timestamp from the first to the last. */
    private static Map<Long, Map<String, String>> states(TransactionWorld world, long first, long last) {
        Map<Long, Map<String, String>> states = new TreeMap<>();
        for (long timestamp = Math.max(1, first); timestamp <= last; timestamp++) {
            states.put(timestamp, world.visibleAt(timestamp, TABLE));
        }
        return states;
    }

    private static List<CellVersion> versions(TransactionWorld world) {
        List<CellVersion> result = new ArrayList<>();
        try (CloseableIterator<CellVersion> scan = world.cells.scan(TABLE, CellRange.all(), Long.MAX_VALUE)) {
            scan.forEachRemaining(result::add);
        }
        return result;
    }

    /** Below the immutable timestamp only committed versions may be left, and of those below it one, no deletion. */
    private static void assertNothingSuperfluous(TransactionWorld world, long immutable) {
        Set<Cell> visible = new HashSet<>();
        for (CellVersion version : versions(world)) {
            if (version.timestamp() >= immutable) {
                continue;
            }
            TransactionState state = world.entries.read(version.timestamp()).orElseThrow();
            assertThat(state).isInstanceOf(TransactionState.Committed.class);
            if (((TransactionState.Committed) state).commitTimestamp() < immutable) {
                assertThat(version.value().isEmpty()).isFalse();
                assertThat(visible.add(version.cell())).isTrue();
            }
        }
    }
}
