package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.ExistingData;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.rewind.RewindRequest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a restore and a rewind want of the world around a store: clocks that are right, and clients that are stopped. */
class ClocksAndClientsTest {
    private static final String CLIENT = "client at 10.0.0.7 has 2 connections to the cluster";

    /** H7: nothing is changed before the clocks have passed what was restored, and then the restore goes on. */
    @Test
    void restore_clocksAreBehind_stopsBeforeItChangesEntriesAndCanBeResumed() {
        try (World world = new World(1, 1)) {
            world.set("a", "1");
            world.backup();
            world.set("a", "2");
            world.loseEverything();
            world.store.pretendClocksBehind(true);

            assertFailsWithClockBehind(() -> world.restore("latest"));
            assertFailsWithClockBehind(() -> resume(world));

            world.store.pretendClocksBehind(false);
            resume(world);
            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
        }
    }

    /** H7. */
    @Test
    void rewind_clocksAreBehind_stopsBeforeItChangesEntriesAndCanBeCancelled() {
        try (World world = new World(2, 1)) {
            world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            world.store.pretendClocksBehind(true);

            assertFailsWithClockBehind(() -> world.rewind(target));

            try (World.CoordinatorProcess process = world.coordinator()) {
                String id = process.coordinator
                        .findUnfinished(World.NAMESPACE)
                        .orElseThrow()
                        .operationId();
                process.coordinator.cancel(World.NAMESPACE, id, OperationListener.NONE);
            }
            assertThat(world.read()).isEqualTo(Map.of("a", "2"));
        }
    }

    /** H11: whoever plans a restore or a rewind is told of the clients that are connected. */
    @Test
    void plan_clientsAreConnected_namesThem() {
        try (World world = new World(3, 1);
                World.CoordinatorProcess process = world.coordinator()) {
            BackupReport backup = world.backup();
            long target = world.set("a", "1");
            world.set("a", "2");
            RestoreRequest restore = new RestoreRequest(World.NAMESPACE, backup.backupId()).with(ExistingData.REPLACE);
            RewindRequest rewind = new RewindRequest(World.NAMESPACE, new RestorePoint.Timestamp(target));
            assertThat(process.coordinator.planRestore(restore).notes()).isEmpty();
            assertThat(process.coordinator.planRewind(rewind).notes()).isEmpty();

            world.store.pretendClients(List.of(CLIENT));

            assertThat(process.coordinator.planRestore(restore).notes()).containsExactly(CLIENT);
            assertThat(process.coordinator.planRewind(rewind).notes()).containsExactly(CLIENT);
        }
    }

    private static void resume(World world) {
        try (World.CoordinatorProcess process = world.coordinator()) {
            process.coordinator.resume(World.NAMESPACE, OperationListener.NONE);
        }
    }

    private static void assertFailsWithClockBehind(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.CLOCK_BEHIND));
    }
}
