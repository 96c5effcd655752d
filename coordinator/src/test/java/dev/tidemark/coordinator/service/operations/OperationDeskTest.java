package dev.tidemark.coordinator.service.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.coordinator.service.operations.OrderStatus.State;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OperationDeskTest {
    private static final OperationOrder BACKUP = new OperationOrder.Backup(Map.of("why", "test"), true, null);
    private static final OperationOrder UNDO = new OperationOrder.Undo();
    private static final Duration LONG = Duration.ofSeconds(30);

    private final VirtualTime time = new VirtualTime();
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
    private final PlannedRunner runner = new PlannedRunner();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Random random = new Random(5);
    private final List<OperationDesk> desks = new ArrayList<>();
    private final OperationDesk desk = desk(DeskLimits.DEFAULT);

    @AfterEach
    void close() {
        desks.forEach(OperationDesk::close);
        threads.shutdownNow();
    }

    @Test
    void accept_order_isInTheArchiveBeforeItRunsAndHasItsReport() throws InterruptedException {
        runner.hold("orders");

        OrderStatus accepted = accept("orders", BACKUP);
        runner.awaitEntered("orders");

        assertThat(book("orders").find(accepted.id()).orElseThrow().order()).isEqualTo(BACKUP);
        OrderStatus running = desk.find("orders", accepted.id());
        assertThat(running.state()).isEqualTo(State.RUNNING);
        assertThat(running.operationId()).isEqualTo("backup-orders-0");
        assertThat(running.currentStep()).isEqualTo("copy");
        assertThat(running.progress())
                .isEqualTo(new OrderStatus.Progress(5, 10, 1, List.of(new OrderStatus.NodeProgress("main/n1", 5, 1))));
        assertThat(book("orders").operationId(accepted.id())).contains("backup-orders-0");

        runner.open("orders");
        OrderStatus ended = awaitEnd("orders", accepted.id());

        assertThat(ended.state()).isEqualTo(State.SUCCEEDED);
        assertThat(ended.stepsDone()).containsExactly("copy");
        assertThat(ended.report().get("done").asText()).isEqualTo("backup-orders-0");
        assertThat(book("orders").findEnd(accepted.id()).orElseThrow().outcome())
                .isEqualTo(Outcome.SUCCEEDED);
        assertThat(book("orders").unended()).isEmpty();
    }

    @Test
    void accept_archiveDoesNotTakeIt_isRefusedAndNeverRuns() {
        store.failNext(Operation.CREATE, new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "planned", ""));

        assertCode(ErrorCode.ARCHIVE_UNAVAILABLE, () -> accept("orders", BACKUP));

        assertThat(runner.calls).isEmpty();
        assertThat(desk.list("")).isEmpty();
        assertThat(desk.unended()).isZero();
    }

    @Test
    void accept_severalForOneNamespace_runOneAfterAnotherAndOthersBeside() throws InterruptedException {
        runner.hold("orders");
        runner.hold("stock");
        OrderStatus first = accept("orders", BACKUP);
        OrderStatus second = accept("orders", UNDO);
        runner.awaitEntered("orders");
        OrderStatus other = accept("stock", BACKUP);
        runner.awaitEntered("stock");

        assertThat(desk.find("orders", second.id()).state()).isEqualTo(State.QUEUED);
        assertThat(desk.find("stock", other.id()).state()).isEqualTo(State.RUNNING);
        assertThat(desk.list("orders")).extracting(OrderStatus::id).containsExactly(second.id(), first.id());

        runner.open("orders");
        awaitEnd("orders", second.id());
        assertThat(runner.calls)
                .filteredOn(call -> call.contains("orders"))
                .containsExactly(
                        "begin backup-orders-0", "end backup-orders-0", "begin undo-orders-3", "end undo-orders-3");
        runner.open("stock");
        awaitEnd("stock", other.id());
    }

    @Test
    void accept_moreThanMayRunAtATime_wait() throws InterruptedException {
        OperationDesk narrow = desk(new DeskLimits(1, 2, LONG));
        runner.hold("orders");
        narrow.accept("orders", BACKUP, "ann", "", Overlap.QUEUE);
        runner.awaitEntered("orders");

        OrderStatus other = narrow.accept("stock", BACKUP, "ann", "", Overlap.QUEUE);
        assertThat(other.state()).isEqualTo(State.QUEUED);
        narrow.accept("orders", BACKUP, "ann", "", Overlap.QUEUE);
        assertCode(ErrorCode.OPERATION_IN_PROGRESS, () -> narrow.accept("orders", BACKUP, "ann", "", Overlap.QUEUE));
        assertCode(ErrorCode.OPERATION_IN_PROGRESS, () -> narrow.accept("stock", BACKUP, "ann", "", Overlap.REFUSE));

        runner.open("orders");
        OrderStatus ended = other;
        while (!ended.hasEnded()) {
            ended = narrow.await("stock", other.id(), ended.revision(), LONG);
        }
        assertThat(ended.state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void accept_sameKeyAgain_isTheSameOrderAlsoForTheNextProcess() throws InterruptedException {
        OrderStatus first = desk.accept("orders", BACKUP, "ann", "k-1", Overlap.QUEUE);
        awaitEnd("orders", first.id());

        assertThat(desk.accept("orders", BACKUP, "ann", "k-1", Overlap.QUEUE).id())
                .isEqualTo(first.id());
        OrderStatus later = desk(DeskLimits.DEFAULT).accept("orders", BACKUP, "ann", "k-1", Overlap.REFUSE);
        assertThat(later.id()).isEqualTo(first.id());
        assertThat(later.state()).isEqualTo(State.SUCCEEDED);
        assertThat(runner.calls).hasSize(2);
        assertCode(ErrorCode.NOT_ALLOWED_NOW, () -> desk.accept("orders", UNDO, "ann", "k-1", Overlap.QUEUE));
        assertThat(desk.accept("orders", BACKUP, "bob", "k-1", Overlap.QUEUE).id())
                .isNotEqualTo(first.id());
    }

    @Test
    void failure_ofTheOperation_isTheOrdersProblem() throws InterruptedException {
        runner.failWith(new CoordinatorException(ErrorCode.STORE_UNAVAILABLE, "node 2 is down", "Start it."));

        OrderStatus ended = awaitEnd("orders", accept("orders", BACKUP).id());

        assertThat(ended.state()).isEqualTo(State.FAILED);
        assertThat(ended.problem())
                .isEqualTo(new OrderProblem("STORE_UNAVAILABLE", "node 2 is down", "Start it.", true));
    }

    @Test
    void cancel_orderThatWaits_neverBegins() throws InterruptedException {
        runner.hold("orders");
        OrderStatus first = accept("orders", BACKUP);
        OrderStatus second = accept("orders", UNDO);
        runner.awaitEntered("orders");

        assertThat(desk.cancel("orders", second.id()).state()).isEqualTo(State.CANCELLED);
        runner.open("orders");
        awaitEnd("orders", first.id());

        assertThat(runner.calls).containsExactly("begin backup-orders-0", "end backup-orders-0");
        assertCode(ErrorCode.NOT_ALLOWED_NOW, () -> desk.cancel("orders", second.id()));
        assertCode(ErrorCode.NOT_ALLOWED_NOW, () -> desk.cancel("orders", first.id()));
    }

    @Test
    void cancel_orderThatRuns_isLeftAndCleanedUp() throws InterruptedException {
        runner.hold("orders");
        OrderStatus order = accept("orders", BACKUP);
        runner.awaitEntered("orders");

        desk.cancel("orders", order.id());

        assertThat(awaitEnd("orders", order.id()).state()).isEqualTo(State.CANCELLED);
        assertThat(runner.calls).containsExactly("begin backup-orders-0", "cancel backup-orders-0");
    }

    @Test
    void cancel_orderThatHasGoneTooFar_goesOnAndSaysSo() throws InterruptedException {
        runner.isTooFarToCancel = true;
        runner.hold("orders");
        OrderStatus order = accept("orders", new OperationOrder.Restore(null, null, false, null));
        runner.awaitEntered("orders");

        desk.cancel("orders", order.id());
        runner.open("orders");

        OrderStatus ended = awaitEnd("orders", order.id());
        assertThat(ended.state()).isEqualTo(State.SUCCEEDED);
        assertThat(ended.notes()).containsExactly("it goes on: too far");
        assertThat(runner.calls).endsWith("resume orders");
    }

    @Test
    void close_whileOneRunsAndOneWaits_leavesBothToTheNextProcess() throws InterruptedException {
        runner.hold("orders");
        OrderStatus first = accept("orders", BACKUP);
        OrderStatus second = accept("orders", UNDO);
        runner.awaitEntered("orders");

        desk.close();

        assertThat(book("orders").unended())
                .extracting(AcceptedOrder::id)
                .containsExactlyInAnyOrder(first.id(), second.id());
        assertCode(ErrorCode.INTERRUPTED, () -> accept("orders", BACKUP));
        runner.hold("nobody");
        runner.open("orders");
        OperationDesk next = desk(DeskLimits.DEFAULT);
        next.recover("orders");
        for (OrderStatus left : List.of(first, second)) {
            OrderStatus status = next.find("orders", left.id());
            while (!status.hasEnded()) {
                status = next.await("orders", left.id(), status.revision(), LONG);
            }
            assertThat(status.state()).isEqualTo(State.SUCCEEDED);
        }
        assertThat(book("orders").unended()).isEmpty();
    }

    @Test
    void recover_operationThatEndedBeforeItsOrder_isNotDoneTwice() throws InterruptedException {
        for (Outcome outcome : List.of(Outcome.SUCCEEDED, Outcome.FAILED, Outcome.CANCELLED)) {
            String id = idOf(outcome);
            book("orders").accept(new AcceptedOrder(1, id, "orders", BACKUP, "ann", time.instant()));
            book("orders").begin(id, "backup-" + outcome);
            runner.journal.put("backup-" + outcome, outcome);
        }

        desk.recover("orders");

        for (Outcome outcome : List.of(Outcome.SUCCEEDED, Outcome.FAILED, Outcome.CANCELLED)) {
            OrderStatus ended = awaitEnd("orders", idOf(outcome));
            assertThat(ended.state().name()).isEqualTo(outcome.name());
            assertThat(ended.operationId()).isEqualTo("backup-" + outcome);
        }
        assertThat(runner.calls).isEmpty();
    }

    @Test
    void end_thatCannotBeWritten_isToldAndFoundByTheNextProcess() throws InterruptedException {
        runner.hold("orders");
        OrderStatus order = accept("orders", BACKUP);
        runner.awaitEntered("orders");
        store.failNext(Operation.CREATE, new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "planned", ""));
        runner.open("orders");

        OrderStatus ended = awaitEnd("orders", order.id());
        assertThat(ended.state()).isEqualTo(State.SUCCEEDED);
        assertThat(ended.notes()).containsExactly("its end could not be written: planned");

        OperationDesk next = desk(DeskLimits.DEFAULT);
        next.recover("orders");
        OrderStatus status = next.find("orders", order.id());
        while (!status.hasEnded()) {
            status = next.await("orders", order.id(), status.revision(), LONG);
        }
        assertThat(status.state()).isEqualTo(State.SUCCEEDED);
        assertThat(runner.calls).hasSize(2);
    }

    @Test
    void find_unknownOrderOrOfAnotherNamespace_isRefused() throws InterruptedException {
        OrderStatus order = accept("orders", BACKUP);
        awaitEnd("orders", order.id());
        archive.createNamespace("stock");

        assertCode(ErrorCode.UNKNOWN_OPERATION, () -> desk.find("stock", order.id()));
        assertCode(ErrorCode.UNKNOWN_OPERATION, () -> desk.find("orders", "202601-" + "f".repeat(32)));
        assertCode(ErrorCode.UNKNOWN_OPERATION, () -> desk.find("orders", "../../keys/master/a"));
    }

    @Test
    void manyOrders_thatHaveEnded_areForgottenHereAndFoundInTheArchive() throws InterruptedException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 230; i++) {
            ids.add(accept("orders", BACKUP).id());
            awaitEnd("orders", ids.get(i));
        }

        assertThat(desk.list("")).hasSize(200);
        assertThat(desk.find("orders", ids.get(0)).state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void recover_ordersOfEarlierMonths_removesThoseThatHaveEnded() throws InterruptedException {
        OrderStatus ended = desk.accept("orders", BACKUP, "ann", "k-1", Overlap.QUEUE);
        awaitEnd("orders", ended.id());
        String left = "202601-" + "a".repeat(32);
        book("orders").accept(new AcceptedOrder(1, left, "orders", UNDO, "ann", time.instant()));
        time.advance(Duration.ofDays(30));

        OperationDesk nextMonth = desk(DeskLimits.DEFAULT);
        assertThat(nextMonth
                        .accept("orders", BACKUP, "ann", "k-1", Overlap.QUEUE)
                        .id())
                .isEqualTo(ended.id());
        time.advance(Duration.ofDays(59));
        OperationDesk later = desk(DeskLimits.DEFAULT);
        later.recover("orders");

        assertCode(ErrorCode.UNKNOWN_OPERATION, () -> later.find("orders", ended.id()));
        OrderStatus taken = later.find("orders", left);
        while (!taken.hasEnded()) {
            taken = later.await("orders", left, taken.revision(), LONG);
        }
        assertThat(taken.state()).isEqualTo(State.SUCCEEDED);
        assertThat(store.list("ns/orders/orders/", "", 10))
                .extracting(info -> info.key().name())
                .allMatch(name -> name.startsWith("aaa"));
    }

    @Test
    void find_namespaceThatWasNeverBackedUp_writesNothing() {
        assertCode(ErrorCode.UNKNOWN_OPERATION, () -> desk.find("stock", "202601-" + "f".repeat(32)));
        desk.recover("stock");

        assertThat(archive.namespaces()).doesNotContain("stock");
    }

    @Test
    void recover_oneOrderIsDamaged_carriesOutTheOthers() throws InterruptedException {
        String damaged = "202601-" + "a".repeat(32);
        String whole = "202601-" + "b".repeat(32);
        for (String id : List.of(damaged, whole)) {
            book("orders").accept(new AcceptedOrder(1, id, "orders", UNDO, "ann", time.instant()));
        }
        store.damage(new ObjectKey("ns/orders/orders/202601/" + "a".repeat(32) + ".accepted"), content -> {
            content[content.length - 1] ^= 1;
            return content;
        });

        desk.recover("orders");

        assertThat(awaitEnd("orders", whole).state()).isEqualTo(State.SUCCEEDED);
        assertThat(runner.calls).hasSize(2);
    }

    /** Two services over one archive: the one that starts later must not tell of failures that are none. */
    @Test
    void recover_orderThatALivingProcessHas_leavesItsEndToThatOne() throws InterruptedException {
        runner.hold("orders");
        OrderStatus order = accept("orders", BACKUP);
        runner.awaitEntered("orders");
        PlannedRunner refused = new PlannedRunner();
        refused.journal.put("backup-orders-0", Outcome.UNFINISHED);
        refused.failWith(new CoordinatorException(ErrorCode.OPERATION_IN_PROGRESS, "the lock is held", ""));
        OperationDesk second = new OperationDesk(
                new OrderBooks(archive, Set.of("orders")), refused, Runnable::run, time, random, DeskLimits.DEFAULT);

        second.recover("orders");

        assertThat(second.find("orders", order.id()).state()).isEqualTo(State.RUNNING);
        assertThat(second.find("orders", order.id()).operationId()).isEqualTo("backup-orders-0");
        assertThat(second.unended()).isZero();
        runner.open("orders");
        assertThat(awaitEnd("orders", order.id()).state()).isEqualTo(State.SUCCEEDED);
        assertThat(second.find("orders", order.id()).state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void failure_becauseAnotherProcessHasTakenOver_isNoEnd() throws InterruptedException {
        runner.hold("orders");
        OrderStatus order = accept("orders", BACKUP);
        runner.awaitEntered("orders");
        runner.journal.put("backup-orders-0", Outcome.SUCCEEDED);
        runner.failWith(new CoordinatorException(ErrorCode.FENCED_OUT, "epoch 7 is newer", ""));
        runner.open("orders");

        assertThat(awaitEnd("orders", order.id()).state()).isEqualTo(State.SUCCEEDED);
    }

    private static String idOf(Outcome outcome) {
        return "202601-" + String.valueOf(outcome.ordinal()).repeat(32);
    }

    private OrderStatus accept(String namespace, OperationOrder order) {
        return desk.accept(namespace, order, "ann", "", Overlap.QUEUE);
    }

    private OrderStatus awaitEnd(String namespace, String id) throws InterruptedException {
        OrderStatus status = desk.find(namespace, id);
        while (!status.hasEnded()) {
            status = desk.await(namespace, id, status.revision(), LONG);
        }
        return status;
    }

    private OrderBook book(String namespace) {
        return new OrderBook(archive.createNamespace(namespace));
    }

    private OperationDesk desk(DeskLimits limits) {
        OperationDesk created = new OperationDesk(
                new OrderBooks(archive, Set.of("orders", "stock")), runner, threads, time, random, limits);
        desks.add(created);
        return created;
    }

    private static void assertCode(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
