package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.World.CoordinatorProcess;
import dev.tidemark.coordinator.hook.Hooks;
import dev.tidemark.coordinator.namespace.NamespaceSetup;
import dev.tidemark.coordinator.namespace.StoreOrder;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.runbook.RunbookSource;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.memory.Seam;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stores of which one is to come after another, by names that would lead to the opposite. */
class StoreOrderInOperationsTest {
    private final List<String> calls = new ArrayList<>();

    @Test
    void backupAndRestore_storeAfterAnother_followsItInEveryStep() {
        try (World world = new World(5, 3)) {
            InMemoryStore second =
                    InMemoryStore.create(InMemoryOptions.threeNodes(60, TransactionsSchemaMap.always(3)), world.random);
            NamespaceSetup setup = new NamespaceSetup(
                    StoreOrder.of(Map.of("a", List.of("b"), "b", List.of())), Hooks.NONE, RunbookSource.NONE);
            Map<String, StoreConnector> stores = Map.of("a", world.store, "b", second);
            world.set("x", "1");
            world.store.faults().listen(seam -> calls.add("a " + seam));
            second.faults().listen(seam -> calls.add("b " + seam));

            String backup;
            try (CoordinatorProcess process = world.coordinator(stores, setup)) {
                backup = process.coordinator
                        .backup(BackupRequest.of(World.NAMESPACE), OperationListener.NONE)
                        .backupId();
            }
            assertInOrder(Seam.SNAPSHOT);

            calls.clear();
            world.store.destroy();
            second.destroy();
            try (CoordinatorProcess process = world.coordinator(stores, setup)) {
                process.coordinator.restore(new RestoreRequest(World.NAMESPACE, backup), OperationListener.NONE);
            }
            assertInOrder(Seam.LOAD);
            assertInOrder(Seam.COMPLETE_RESTORE);
        }
    }

    private void assertInOrder(Seam seam) {
        List<String> ofSeam =
                calls.stream().filter(call -> call.endsWith(" " + seam)).toList();
        assertThat(ofSeam).contains("a " + seam, "b " + seam);
        assertThat(ofSeam.lastIndexOf("b " + seam)).isLessThan(ofSeam.indexOf("a " + seam));
    }
}
