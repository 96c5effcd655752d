package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.rewind.ExternalBackup;
import dev.tidemark.coordinator.rewind.RewindReport;
import dev.tidemark.coordinator.rewind.RewindTarget;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.kvs.transaction.Transaction;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A restore of files that others have copied and put back: everything but the copying. */
class ExternalRestoreTest {
    /** H3: the transaction that started before the backup timestamp and committed after it must not be in half. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void restoreExternal_oracleIsLost_givesTheStateAtTheBackupTimestamp(int schema) {
        try (World world = new World(50, schema)) {
            world.set("a", "1", "b", "1");
            ExternalBackup backup = copyElsewhere(world, schema);
            world.loseOracle();

            RewindReport report = restore(world, backup);

            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1", "b", "1"));
            assertThat(report.abortedCommits()).isEqualTo(2);
            assertThat(report.abortedStraddlers()).isEqualTo(1);
            assertThat(world.oracle().freshTimestamp()).isGreaterThan(backup.fastForwardTimestamp());
        }
    }

    @Test
    void restoreExternal_repeated_isAsGoodAsOnce() {
        try (World world = new World(51, 1)) {
            world.set("a", "1", "b", "1");
            ExternalBackup backup = copyElsewhere(world, 1);
            restore(world, backup);

            assertThat(restore(world, backup).abortedCommits()).isZero();

            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1", "b", "1"));
        }
    }

    @Test
    void restoreExternal_timestampsOfTwoBackups_isRefused() {
        assertThatThrownBy(() -> new ExternalBackup(50, 40, 60, TransactionsSchemaMap.always(1), 100))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
    }

    /** What a script of others does: hold, B, copy while transactions commit, F. The store in the world is what it has put back. */
    private static ExternalBackup copyElsewhere(World world, int schema) {
        LeaseToken token = new LeaseToken(new UUID(9, 9));
        Transaction straddler = world.client().begin();
        long immutable = world.oracle().lockImmutableTimestamp(token).immutableTimestamp();
        long backup = world.oracle().freshTimestamp();
        world.commit(straddler, "a", "2", "b", "2");
        world.set("c", "3");
        long fastForward = world.oracle().freshTimestamp();
        return new ExternalBackup(immutable, backup, fastForward, TransactionsSchemaMap.always(schema), fastForward);
    }

    private static RewindReport restore(World world, ExternalBackup backup) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            return process.coordinator.restoreExternal(
                    World.NAMESPACE, new RewindTarget.External(backup, false), OperationListener.NONE);
        }
    }
}
