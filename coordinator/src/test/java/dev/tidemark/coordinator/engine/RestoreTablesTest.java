package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.engine.World.Crash;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.ExistingData;
import dev.tidemark.coordinator.restore.RestorePlan;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.TableSelection;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Restores of some tables. A store in memory writes a segment for each backup: here, the tables are those of the first one. */
class RestoreTablesTest {
    private static final String FIRST_SEGMENT = "segment-000000";
    private static final String ITEMS = World.TABLE.name();

    private final List<Set<?>> asked = new ArrayList<>();

    @Test
    void restore_ofSomeTables_bringsTheirFilesAndNoOthers() {
        try (World world = new World(31, 3)) {
            world.set("a", "1");
            BackupReport first = world.backup();
            world.set("a", "2", "b", "2");
            BackupReport second = world.backup();
            world.loseEverything();
            RestoreRequest request = request(second).only(List.of(ITEMS));

            RestorePlan plan;
            RestoreReport report;
            try (World.CoordinatorProcess process = world.coordinator(selecting(world))) {
                plan = process.coordinator.planRestore(request);
                report = process.coordinator.restore(request, OperationListener.NONE);
            }

            world.startClient();
            assertThat(world.read()).isEqualTo(Map.of("a", "1"));
            assertThat(plan.tables()).isEqualTo(report.tables()).containsExactly(ITEMS);
            assertThat(plan.files())
                    .isEqualTo(report.files())
                    .isEqualTo(first.files())
                    .isLessThan(second.files());
            assertThat(plan.bytes()).isEqualTo(report.bytes()).isEqualTo(first.rawBytes());
            assertThat(asked).isNotEmpty().allMatch(tables -> tables.equals(Set.of(World.TABLE)));
        }
    }

    @Test
    void restore_tableThatTheBackupHasNot_isRefused() {
        try (World world = new World(32, 3)) {
            world.set("a", "1");
            BackupReport backup = world.backup();
            world.loseEverything();

            assertFails(
                    ErrorCode.UNKNOWN_TABLE,
                    world,
                    selecting(world),
                    request(backup).only(List.of(ITEMS, "itens")),
                    "'itens'");

            assertThat(world.oracleClient().namespaces()).isEmpty();
        }
    }

    @Test
    void restore_storeKeepsTablesTogether_isRefused() {
        try (World world = new World(33, 3)) {
            world.set("a", "1");
            BackupReport backup = world.backup();
            world.loseEverything();

            assertFails(
                    ErrorCode.STORE_UNSUPPORTED,
                    world,
                    world.store,
                    request(backup).only(List.of(ITEMS)),
                    ITEMS);
        }
    }

    /** What one has begun is not completed as something else. */
    @Test
    void restore_unfinishedOneIsOfOtherTables_isRefusedAndResumedAsItIs() {
        try (World world = new World(34, 3)) {
            world.set("a", "1");
            BackupReport backup = world.backup();
            world.loseEverything();
            RestoreRequest some = request(backup).only(List.of(ITEMS));
            try (World.CoordinatorProcess process = world.coordinator(selecting(world))) {
                assertThatThrownBy(() ->
                                process.coordinator.restore(some, InterruptedOperationTest.crashAt("load", false)))
                        .isInstanceOf(Crash.class);
            }

            assertFails(ErrorCode.OPERATION_IN_PROGRESS, world, selecting(world), request(backup), "[" + ITEMS + "]");
            try (World.CoordinatorProcess process = world.coordinator(selecting(world))) {
                RestoreReport report = process.coordinator.restore(some, OperationListener.NONE);

                assertThat(report.isResumed()).isTrue();
                assertThat(report.tables()).containsExactly(ITEMS);
            }
        }
    }

    /** The tables that nobody names would be gone. */
    @Test
    void request_someTablesInThePlaceOfAll_isRefused() {
        RestoreRequest some = new RestoreRequest(World.NAMESPACE, "latest").only(List.of(ITEMS));

        assertThatIllegalArgumentException().isThrownBy(() -> some.with(ExistingData.REPLACE));
    }

    private static RestoreRequest request(BackupReport backup) {
        return new RestoreRequest(World.NAMESPACE, backup.backupId());
    }

    private StoreConnector selecting(World world) {
        return (StoreConnector) Proxy.newProxyInstance(
                StoreConnector.class.getClassLoader(),
                new Class<?>[] {StoreConnector.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("select")) {
                        asked.add((Set<?>) arguments[1]);
                        return new TableSelection(Map.of(), List.of(FIRST_SEGMENT));
                    }
                    try {
                        return method.invoke(world.store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void assertFails(
            ErrorCode code, World world, StoreConnector connector, RestoreRequest request, String part) {
        try (World.CoordinatorProcess process = world.coordinator(connector)) {
            ThrowingCallable restore = () -> process.coordinator.restore(request, OperationListener.NONE);
            assertThatThrownBy(restore)
                    .hasMessageContaining(part)
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(code));
        }
    }
}
