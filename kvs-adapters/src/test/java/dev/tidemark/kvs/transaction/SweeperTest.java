package dev.tidemark.kvs.transaction;

import static dev.tidemark.kvs.transaction.TransactionWorld.TABLE;
import static dev.tidemark.kvs.transaction.TransactionWorld.cell;
import static dev.tidemark.kvs.transaction.TransactionWorld.get;
import static dev.tidemark.kvs.transaction.TransactionWorld.put;
import static dev.tidemark.kvs.transaction.TransactionWorld.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.transaction.ScriptedCells.Call;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SweeperTest {
    private final TransactionWorld world = new TransactionWorld(1);
    private final TransactionalStore store = world.client();
    private final Sweeper sweeper = world.sweeper(SweepOptions.defaults());

    @Test
    void sweep_ofSupersededVersions_keepsTheNewest() {
        for (int i = 1; i <= 5; i++) {
            put(store, "a", "" + i);
        }
        put(store, "b", "1");

        SweepReport report = sweeper.sweep(TABLE);

        assertThat(world.versionsOf(cell("a"))).hasSize(1);
        assertThat(get(store, "a")).isEqualTo("5");
        assertThat(get(store, "b")).isEqualTo("1");
        assertThat(report.cells()).isEqualTo(2);
        assertThat(report.versions()).isEqualTo(6);
        assertThat(report.deletedVersions()).isEqualTo(4);
        assertThat(report.sweptTo()).isEqualTo(world.metadata().earliestReadableTimestamp());
        assertThat(world.oracle.leases()).isEmpty();
    }

    @Test
    void sweepBatch_failsAndUnlockFailsToo_reportsTheFirst() {
        world.oracle.failNextUnlock(ErrorCode.ORACLE_UNAVAILABLE);

        assertThatThrownBy(() -> sweeper.sweep(TableName.of("missing")))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_TABLE);
                    assertThat(e.getSuppressed()).hasSize(1);
                    assertThat(e.getSuppressed()[0]).hasMessage("no answer to unlock");
                });
    }

    @Test
    void sweepBatch_unlockFails_hasSweptAndLeavesTheLeaseToItsEnd() {
        put(store, "a", "1");
        put(store, "a", "2");
        world.oracle.failNextUnlock(ErrorCode.ORACLE_UNAVAILABLE);

        assertThat(sweeper.sweep(TABLE).deletedVersions()).isEqualTo(1);
        assertThat(world.oracle.leases()).hasSize(1);
    }

    @Test
    void sweep_underAnOldHold_keepsWhatItSees() {
        put(store, "a", "1");
        put(store, "a", "2");
        LeaseToken hold = new LeaseToken(new UUID(9, 9));
        long held = world.oracle.lockImmutableTimestamp(hold).immutableTimestamp();
        long backupTimestamp = world.oracle.freshTimestamp();
        put(store, "a", "3");
        put(store, "a", "4");

        sweeper.sweepAll();

        assertThat(world.visibleAt(backupTimestamp, TABLE)).isEqualTo(Map.of("a", "2"));
        assertThat(world.versionsOf(cell("a"))).hasSize(3);
        assertThat(world.metadata().earliestReadableTimestamp()).isEqualTo(held).isLessThan(backupTimestamp);
    }

    @Test
    void sweep_underARunningTransaction_keepsWhatItReads() {
        put(store, "a", "1");
        Transaction reader = store.begin();
        put(store, "a", "2");

        sweeper.sweep(TABLE);

        assertThat(get(reader, "a")).isEqualTo("1");
        assertThat(reader.commit()).isEmpty();
    }

    /** The version started below the immutable timestamp and committed above it. */
    @Test
    void sweep_ofACommitAboveTheImmutableTimestamp_keepsItAndTheOneBelow() {
        put(store, "a", "1");
        Transaction straddler = store.begin();
        Transaction holder = store.begin();
        straddler.put(TABLE, cell("a"), value("2"));
        straddler.commit();
        assertThat(world.oracle.immutableTimestamp()).isGreaterThan(straddler.startTimestamp());

        sweeper.sweep(TABLE);

        assertThat(get(holder, "a")).isEqualTo("1");
        assertThat(get(store, "a")).isEqualTo("2");
    }

    @Test
    void sweep_ofADeletion_removesItWithAllThatIsOlder() {
        put(store, "a", "1");
        delete("a");
        put(store, "b", "1");

        sweeper.sweep(TABLE);

        assertThat(world.versionsOf(cell("a"))).isEmpty();
        assertThat(get(store, "a")).isNull();
        assertThat(get(store, "b")).isEqualTo("1");
    }

    @Test
    void sweep_ofADeletionThatARunningTransactionDoesNotSee_keepsItAndWhatItHides() {
        put(store, "a", "1");
        Transaction reader = store.begin();
        delete("a");

        sweeper.sweep(TABLE);

        assertThat(get(reader, "a")).isEqualTo("1");
        assertThat(get(store, "a")).isNull();
    }

    /** A replica may have missed that the hidden version was removed: it is removed again, together with the deletion. */
    @Test
    void sweep_hiddenVersionIsBackBeforeItsDeletionGoes_removesBoth() {
        put(store, "a", "1");
        long hidden = world.versionsOf(cell("a")).get(0);
        delete("a");
        world.cells.before(Call.DELETE, () -> {});
        world.cells.before(Call.DELETE, () -> world.cells.put(TABLE, Map.of(cell("a"), value("1")), hidden));

        sweeper.sweep(TABLE);

        assertThat(world.versionsOf(cell("a"))).isEmpty();
    }

    @Test
    void sweep_whichFailsBetweenVersionsAndTheirDeletion_leavesTheDeletion() {
        put(store, "a", "1");
        delete("a");
        world.cells.before(Call.DELETE, () -> {}).failNext(Call.DELETE);

        assertThatThrownBy(() -> sweeper.sweep(TABLE)).isInstanceOf(KeyValueStoreException.class);

        assertThat(world.versionsOf(cell("a"))).hasSize(1);
        assertThat(get(store, "a")).isNull();
        sweeper.sweep(TABLE);
        assertThat(world.versionsOf(cell("a"))).isEmpty();
    }

    @Test
    void sweep_ofAbortedAndAbandonedTransactions_removesTheirVersions() {
        put(store, "a", "1");
        long abandoned = world.oracle.freshTimestamp();
        world.cells.put(TABLE, Map.of(cell("a"), value("lost"), cell("b"), value("lost")), abandoned);

        sweeper.sweep(TABLE);

        assertThat(world.entries.read(abandoned)).contains(TransactionState.ABORTED);
        assertThat(world.versionsOf(cell("b"))).isEmpty();
        assertThat(world.versionsOf(cell("a"))).hasSize(1);
        assertThat(get(store, "a")).isEqualTo("1");
    }

    @Test
    void sweep_whileATransactionCommits_leavesItAlone() {
        TransactionalStore committing = world.client(new TransactionEvents() {
            @Override
            public void afterCommitTimestamp(long startTimestamp, long commitTimestamp) {
                sweeper.sweepAll();
            }
        });

        put(committing, "a", "1");

        assertThat(get(store, "a")).isEqualTo("1");
        assertThat(world.sleeps).isEmpty();
    }

    @Test
    void sweep_whoseDeletionFails_hasRecordedHowFarItGoes() {
        put(store, "a", "1");
        put(store, "a", "2");
        world.cells.failNext(Call.DELETE);

        assertThatThrownBy(() -> sweeper.sweep(TABLE)).isInstanceOf(KeyValueStoreException.class);

        assertThat(world.metadata().earliestReadableTimestamp())
                .isGreaterThan(world.versionsOf(cell("a")).get(0));
        assertThat(world.versionsOf(cell("a"))).hasSize(2);
        assertThat(world.oracle.leases()).isEmpty();
    }

    @Test
    void sweep_whoseRecordFails_deletesNothing() {
        put(store, "a", "1");
        put(store, "a", "2");
        world.cells.failNext(Call.PUT_UNLESS_EXISTS);

        assertThatThrownBy(() -> sweeper.sweep(TABLE)).isInstanceOf(KeyValueStoreException.class);

        assertThat(world.versionsOf(cell("a"))).hasSize(2);
    }

    /** The sweeper is stopped while a rewind aborts the commit that made an older version superfluous. */
    @Test
    void sweep_thatOutlivesARewind_deletesNothingByWhatItHadSeen() {
        put(store, "a", "1");
        Transaction rewound = store.begin();
        rewound.put(TABLE, cell("a"), value("2"));
        long commitTimestamp = rewound.commit().orElseThrow();
        world.cells.before(Call.PUT_UNLESS_EXISTS, () -> {
            world.oracle.fence();
            world.entries.replace(
                    rewound.startTimestamp(), TransactionState.committed(commitTimestamp), TransactionState.ABORTED);
            world.oracle.unfence();
        });

        assertThatThrownBy(() -> sweeper.sweep(TABLE))
                .isInstanceOfSatisfying(
                        KeyValueStoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));

        assertThat(get(store, "a")).isEqualTo("1");
    }

    @Test
    void sweep_inSmallBatches_doesTheSameWithPauses() {
        for (int i = 1; i <= 7; i++) {
            put(store, "a", "" + i);
            put(store, "b" + i, "" + i);
        }
        delete("a");
        delete("b3");
        Sweeper small = world.sweeper(new SweepOptions(2, 2, Duration.ofMillis(5)));

        SweepReport report = small.sweep(TABLE);

        assertThat(world.versionsOf(cell("a"))).isEmpty();
        assertThat(world.versionsOf(cell("b3"))).isEmpty();
        assertThat(world.visibleAt(world.oracle.lastTimestamp(), TABLE))
                .containsOnlyKeys("b1", "b2", "b4", "b5", "b6", "b7");
        assertThat(report.deletedVersions()).isEqualTo(10);
        assertThat(world.sleeps).hasSize((int) report.batches() - 1).containsOnly(Duration.ofMillis(5));
    }

    @Test
    void sweepBatch_goesOnWhereTheOneBeforeEnded() {
        for (int i = 1; i <= 4; i++) {
            put(store, "row" + i, "1");
            put(store, "row" + i, "2");
        }
        Sweeper small = world.sweeper(new SweepOptions(4, 100, Duration.ZERO));

        SweepBatch first = small.sweepBatch(TABLE, CellRange.all().startInclusive());
        SweepBatch second = small.sweepBatch(TABLE, first.next());

        assertThat(first.next()).isEqualTo(cell("row3"));
        assertThat(second.next()).isNull();
        assertThat(List.of(first.report().deletedVersions(), second.report().deletedVersions()))
                .containsExactly(2L, 2L);
    }

    @Test
    void sweep_ofATableOfTheProtocol_isRefused() {
        assertThatThrownBy(() -> sweeper.sweep(StoreMetadata.TABLE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sweeper.sweep(TableName.of("nowhere"))).isInstanceOf(KeyValueStoreException.class);
    }

    private void delete(String row) {
        store.execute(transaction -> {
            transaction.delete(TABLE, cell(row));
            return null;
        });
    }
}
