package dev.tidemark.kvs.memory;

import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.memory.Faults.Moment;
import dev.tidemark.kvs.node.NodeFiles;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea.StagedFile;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultsTest {
    private static final InMemoryOptions OPTIONS = InMemoryOptions.threeNodes(100, TransactionsSchemaMap.always(3));
    private static final TableName TABLE = TableName.of("accounts");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));
    private static final Bytes VALUE = Bytes.utf8("value");
    private static final SnapshotTag TAG = new SnapshotTag("tag");
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);
    private static final RestoreId UNDO = new RestoreId("r-2", 11);

    private final InMemoryStore store = InMemoryStore.create(OPTIONS, new Random(1));
    private final InMemoryStore target = InMemoryStore.createEmpty(OPTIONS, new Random(2));
    private final CellStore cells = store.cells();
    private final StoreNode node = store.targetNodes().get(0);
    private final StoreNode empty = target.targetNodes().get(0);

    /**
     * A call that passes a seam once.
     *
     * @param store the store with the seam
     * @param hasEffect whether the effect of the call is there; a call that only reads has none
     */
    private record Scenario(InMemoryStore store, Runnable call, BooleanSupplier hasEffect, boolean onlyReads) {
        Scenario(InMemoryStore store, Runnable call, BooleanSupplier hasEffect) {
            this(store, call, hasEffect, false);
        }
    }

    @ParameterizedTest
    @EnumSource(Seam.class)
    void failNext_beforeEffect_failsOnceAndNothingIsDone(Seam seam) {
        Scenario scenario = prepare(seam);
        scenario.store().faults().failNext(seam, Moment.BEFORE_EFFECT, ErrorCode.DISK_FULL);

        assertFails(ErrorCode.DISK_FULL, scenario.call()::run);

        assertThat(scenario.hasEffect().getAsBoolean()).isEqualTo(scenario.onlyReads());
        scenario.call().run();
        assertThat(scenario.hasEffect().getAsBoolean()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Seam.class)
    void failNext_afterEffect_losesTheAnswerAloneAndTheCallCanBeRepeated(Seam seam) {
        Scenario scenario = prepare(seam);
        scenario.store().faults().failNext(seam, Moment.AFTER_EFFECT, ErrorCode.STORE_UNAVAILABLE);

        assertFails(ErrorCode.STORE_UNAVAILABLE, scenario.call()::run);

        assertThat(scenario.hasEffect().getAsBoolean()).isTrue();
        scenario.call().run();
        assertThat(scenario.hasEffect().getAsBoolean()).isTrue();
    }

    @Test
    void failNext_severalOrdered_failOneCallEachInTheirOrder() {
        prepare(Seam.READ);
        store.faults().failNext(Seam.READ, Moment.BEFORE_EFFECT, ErrorCode.STORE_UNAVAILABLE);
        store.faults().failNext(Seam.READ, Moment.BEFORE_EFFECT, ErrorCode.STORE_DAMAGED);

        assertFails(ErrorCode.STORE_UNAVAILABLE, () -> cells.getLatest(TABLE, Set.of(CELL), 1));
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        assertFails(ErrorCode.STORE_DAMAGED, () -> cells.getLatest(TABLE, Set.of(CELL), 1));
        assertThat(cells.getLatest(TABLE, Set.of(CELL), 1)).containsKey(CELL);
    }

    @Test
    void listen_anyCall_isHeardBeforeItsEffectAndMayUseTheStore() {
        prepare(Seam.PUT);
        List<String> heard = new ArrayList<>();
        store.faults().listen(seam -> {
            if (seam != Seam.READ) {
                heard.add(seam + " " + cells.getLatest(TABLE, Set.of(CELL), 1).size());
            }
        });

        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        node.snapshot(TAG);

        assertThat(heard).containsExactly("PUT 0", "SNAPSHOT 1");
    }

    private Scenario prepare(Seam seam) {
        cells.createTable(TABLE);
        return switch (seam) {
            case PUT -> new Scenario(store, () -> cells.put(TABLE, Map.of(CELL, VALUE), 1), () -> isThere(1));
            case PUT_UNLESS_EXISTS ->
                new Scenario(store, () -> cells.putUnlessExists(TABLE, CELL, VALUE), () -> isThere(0));
            case COMPARE_AND_SET -> {
                cells.putUnlessExists(TABLE, CELL, Bytes.EMPTY);
                yield new Scenario(store, () -> cells.compareAndSet(TABLE, CELL, Bytes.EMPTY, VALUE), () -> isThere(0));
            }
            case DELETE -> {
                cells.put(TABLE, Map.of(CELL, VALUE), 1);
                yield new Scenario(
                        store, () -> cells.deleteVersions(TABLE, Map.of(CELL, Set.of(1L))), () -> !isThere(1));
            }
            case READ -> new Scenario(store, () -> cells.getLatest(TABLE, Set.of(CELL), 1), () -> true, true);
            case SNAPSHOT ->
                new Scenario(
                        store, () -> node.snapshot(TAG), () -> node.snapshots().contains(TAG));
            case OPEN -> {
                node.snapshot(TAG);
                yield new Scenario(store, () -> node.open(TAG, "segment-000000"), () -> true, true);
            }
            case DROP -> {
                node.snapshot(TAG);
                yield new Scenario(
                        store, () -> node.drop(TAG), () -> node.snapshots().isEmpty());
            }
            case STAGE_WRITE -> prepareStageWrite();
            case LOAD -> {
                NodeFiles.carry(List.of(node), TAG, List.of(empty), RESTORE);
                yield new Scenario(target, () -> empty.load(RESTORE), () -> !empty.isEmptyFor(new RestoreId("r-2", 1)));
            }
            case COMPLETE_RESTORE -> {
                NodeFiles.carry(store.targetNodes(), TAG, target.targetNodes(), RESTORE);
                target.targetNodes().forEach(each -> each.load(RESTORE));
                target.targetNodes().subList(1, 3).forEach(each -> each.completeRestore(RESTORE));
                yield new Scenario(target, () -> empty.completeRestore(RESTORE), () -> isServing(target));
            }
            case REPAIR -> prepareRepair();
            case SET_ASIDE -> new Scenario(store, () -> node.setAside(RESTORE), this::hasSafetyCopy);
            case ADOPT -> new Scenario(store, () -> node.adopt(RESTORE), this::hasSafetyCopy);
            case BRING_BACK -> {
                rewindFirstNode();
                yield new Scenario(store, () -> node.bringBack(UNDO, RESTORE.id()), () -> !hasSafetyCopy());
            }
            case GIVE_BACK -> {
                node.adopt(RESTORE);
                yield new Scenario(store, () -> node.giveBack(RESTORE), () -> !hasSafetyCopy());
            }
            case DROP_SAFETY_COPY -> {
                rewindFirstNode();
                yield new Scenario(store, () -> node.dropSafetyCopy(UNDO, RESTORE.id()), () -> !hasSafetyCopy());
            }
        };
    }

    private void rewindFirstNode() {
        node.adopt(RESTORE);
        node.completeRestore(RESTORE);
    }

    private boolean hasSafetyCopy() {
        return node.safetyCopies().contains(RESTORE.id());
    }

    private Scenario prepareStageWrite() {
        StagedFile file = empty.stage(RESTORE, 0).create("file");
        ByteBuffer content = ByteBuffer.wrap(new byte[5]);
        return new Scenario(target, () -> NodeFiles.write(file, rewound(content)), () -> !content.hasRemaining());
    }

    /** A write without effect has consumed nothing; one that is repeated begins again. */
    private static ByteBuffer rewound(ByteBuffer content) {
        return content.hasRemaining() ? content : content.rewind();
    }

    private Scenario prepareRepair() {
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        List<InMemoryNode> nodes = store.nodes();
        return new Scenario(store, () -> store.connect().repair(Set.of(TABLE)), () -> nodes.stream()
                .allMatch(each -> each.replica().table(TABLE).containsKey(new VersionKey(CELL, 1))));
    }

    private boolean isThere(long timestamp) {
        return cells.getLatest(TABLE, Set.of(CELL), timestamp).values().stream()
                .anyMatch(version -> version.value().equals(VALUE));
    }

    private static boolean isServing(InMemoryStore store) {
        return store.nodes().stream().allMatch(each -> {
            try {
                each.requireServing(null);
                return true;
            } catch (RuntimeException e) {
                return false;
            }
        });
    }
}
