package dev.tidemark.coordinator.service.scheduled;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.schedule.CatchUp;
import dev.tidemark.coordinator.schedule.CronExpression;
import dev.tidemark.coordinator.schedule.Schedule;
import dev.tidemark.coordinator.schedule.ScheduledWork;
import dev.tidemark.coordinator.schedule.TickState;
import dev.tidemark.coordinator.schedule.Timetable;
import dev.tidemark.coordinator.service.operations.DeskLimits;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderBooks;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.coordinator.service.operations.PlannedRunner;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ScheduleLoopTest {
    private static final String NAME = "orders";
    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualTime time = new VirtualTime();
    private final Random random = new Random(11);
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
    private final PlannedRunner runner = new PlannedRunner();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Instance> instances = new ArrayList<>();

    @AfterEach
    void close() {
        instances.forEach(instance -> instance.desk.close());
        threads.shutdownNow();
    }

    @Test
    void round_tickIsDue_isOneOrderAndSettled() {
        Instance service = instance(Runnable::run);
        service.round();
        assertThat(runner.calls)
                .as("the past is not made up for at the first start")
                .isEmpty();

        time.advance(HOUR);
        for (int i = 0; i < 5; i++) {
            service.round();
            time.advance(Duration.ofSeconds(1));
        }

        assertThat(runner.calls).containsExactly("begin backup-orders-0", "end backup-orders-0");
        OrderStatus order = service.desk.list(NAME).get(0);
        assertThat(order.by()).isEqualTo("schedule:hourly");
        OperationOrder.Backup backup = (OperationOrder.Backup) order.order();
        assertThat(backup.labels()).containsEntry("tier", "hourly");
        assertThat(backup.nextDue())
                .isAfter(time.instant())
                .isBefore(time.instant().plus(HOUR).plus(HOUR));
        time.advance(HOUR);
        service.round();
        assertThat(runner.calls).hasSize(4);
        assertThat(service.loop.problems()).isEmpty();
    }

    @Test
    void round_namespaceIsBusy_beginsWhenItIsFree() throws InterruptedException {
        Instance service = instance(threads);
        service.round();
        runner.hold(NAME);
        OrderStatus other = service.desk.accept(NAME, new OperationOrder.Undo(), "ann", "", Overlap.QUEUE);
        runner.awaitEntered(NAME);
        time.advance(HOUR);
        service.round();
        service.round();
        assertThat(runner.calls).containsExactly("begin undo-orders-0");
        assertThat(service.desk.list(NAME))
                .as("it does not wait in the queue, past its window")
                .hasSize(1);

        runner.open(NAME);
        service.awaitEnd(other.id());
        while (service.desk.list(NAME).size() < 2) {
            service.round(); // the namespace is free a moment after the order has ended
        }

        service.awaitEnd(service.desk.list(NAME).get(0).id());
        assertThat(runner.calls).contains("begin backup-orders-2", "end backup-orders-2");
    }

    @Test
    void round_runHasFailed_isTriedAgainWithinItsWindow() {
        Instance service = instance(Runnable::run);
        service.round();
        runner.failWith(new CoordinatorException(ErrorCode.STORE_UNAVAILABLE, "down", ""));
        time.advance(HOUR);
        service.round();
        service.round();
        assertThat(runner.calls).containsExactly("begin backup-orders-0");

        runner.failWith(null);
        for (int i = 0; i < 4; i++) {
            time.advance(Duration.ofSeconds(30));
            service.round();
        }

        assertThat(runner.calls)
                .contains("begin backup-orders-1", "end backup-orders-1")
                .hasSize(3);
    }

    @Test
    void process_diesBetweenBeginAndOrder_nextOneMakesTheOrder() {
        Instance first = instance(Runnable::run);
        first.round();
        time.advance(HOUR);
        store.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE && key.contains("/orders/2")) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "planned", "");
            }
        });
        first.round();
        store.observe((operation, key, isDone) -> {});
        assertThat(runner.calls).isEmpty();

        Instance second = instance(Runnable::run);
        second.desk.recover(NAME);
        for (int i = 0; i < 3; i++) {
            second.round();
        }

        assertThat(runner.calls).containsExactly("begin backup-orders-0", "end backup-orders-0");
    }

    @Test
    void process_diesWhileARunIsUnderWay_nextOneEndsItOnce() throws InterruptedException {
        Instance first = instance(threads);
        first.round();
        runner.hold(NAME);
        time.advance(HOUR);
        first.round();
        runner.awaitEntered(NAME);
        first.desk.close();
        runner.open(NAME);

        Instance second = instance(Runnable::run);
        second.desk.recover(NAME);
        for (int i = 0; i < 3; i++) {
            time.advance(Duration.ofSeconds(40));
            second.round();
        }

        assertThat(runner.calls)
                .containsExactly("begin backup-orders-0", "begin backup-orders-1", "end backup-orders-1");
        assertThat(second.desk.list(NAME)).hasSize(1);
        assertThat(second.lastState()).isEqualTo(TickState.RAN);
    }

    @Test
    void twoProcesses_overOneArchive_runATickOnce() {
        Instance first = instance(Runnable::run);
        Instance second = instance(Runnable::run);
        first.round();
        second.round();
        time.advance(HOUR);
        for (int i = 0; i < 4; i++) {
            second.round();
            first.round();
            time.advance(Duration.ofSeconds(20));
        }

        assertThat(runner.calls).containsExactly("begin backup-orders-0", "end backup-orders-0");
    }

    private Instance instance(Executor workers) {
        Instance instance = new Instance(workers);
        instances.add(instance);
        return instance;
    }

    /** A process with its own desk and loop. */
    private final class Instance {
        private final OperationDesk desk;
        private final ScheduleLoop loop;

        private Instance(Executor workers) {
            desk = new OperationDesk(
                    new OrderBooks(archive, Set.of(NAME)),
                    runner,
                    workers,
                    time,
                    random,
                    DeskLimits.DEFAULT,
                    () -> true);
            desk.open();
            Schedule hourly = new Schedule(
                    "hourly",
                    ScheduledWork.BACKUP,
                    CronExpression.parse("@hourly"),
                    ZoneOffset.UTC,
                    Duration.ofMinutes(50),
                    Duration.ZERO,
                    CatchUp.ONCE,
                    Map.of("tier", "hourly"));
            loop = new ScheduleLoop(
                    archive,
                    new Timetable(Map.of(NAME, List.of(hourly))),
                    desk,
                    new EngineSeams(time, time, time, time.process(), Runnable::run, random, "test"));
        }

        private TickState lastState() {
            return loop.scheduler()
                    .history(NAME, "hourly", time.instant().minus(HOUR), 1)
                    .get(0)
                    .state();
        }

        private void round() {
            loop.round();
        }

        private void awaitEnd(String id) throws InterruptedException {
            OrderStatus status = desk.find(NAME, id);
            while (!status.hasEnded()) {
                status = desk.await(NAME, id, status.revision(), Duration.ofSeconds(30));
            }
        }
    }
}
