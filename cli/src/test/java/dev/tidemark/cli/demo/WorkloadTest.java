package dev.tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.cli.demo.WorkloadTables.Transfer;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.LeaseToken;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkloadTest {
    private static final long SEED = 42;

    private final ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
    private final EngineSeams seams = new EngineSeams(
            InstantSource.system(),
            MonotonicClock.system(),
            Sleeper.system(),
            tasks,
            Runnable::run,
            new Random(SEED),
            "test");
    private final WorkloadSettings settings = WorkloadSettings.withSeed(SEED).withDocuments(10, 100);

    @TempDir
    private Path temporary;

    @AfterEach
    void stopTasks() {
        tasks.close();
    }

    @Test
    void workload_runningWithSweeper_keepsEveryInvariantAndTheHistory() {
        DemoDirectory directory = DemoDirectory.prepare(temporary.resolve("demo"));
        TransferHistory history = new TransferHistory();
        try (LiveSystem system = LiveSystem.open(directory, seams)) {
            Workload workload =
                    new Workload(system.transactions(), settings, history, 1, seams.monotonicClock(), seams.sleeper());
            workload.setUp();
            workload.start();
            long middle;
            WorkloadState atMiddle;
            try (workload) {
                Awaitility.await().until(() -> workload.transactions() > 100);
                Straddler straddler = Straddler.begin(system.transactions(), settings, history, 0);
                Awaitility.await().until(() -> workload.transactions() > 150);
                // The sweeper must not pass what is read below.
                LeaseToken token = new LeaseToken(new UUID(1, 1));
                system.oracle().lockImmutableTimestamp(token);
                middle = system.oracle().freshTimestamp();
                straddler.commit();
                assertThat(straddler.startTimestamp()).isLessThan(middle);
                assertThat(straddler.commitTimestamp()).isGreaterThan(middle);
                Awaitility.await().until(() -> system.oracle().isSettled(middle));
                atMiddle = system.stateAt(middle);
                assertThat(system.oracle().unlock(Set.of(token)))
                        .as("the sweeper was held back all the time")
                        .containsExactly(token);
                Awaitility.await().until(() -> workload.transactions() > 300 && workload.sweptVersions() > 0);
            }
            WorkloadState atEnd = system.stateAt(system.oracle().freshTimestamp());

            assertThat(workload.errors()).isEmpty();
            assertThat(atEnd.check(settings)).allMatch(Check::isPassed);
            assertThat(history.compare(atEnd.transfers(), Long.MAX_VALUE).isEqual())
                    .isTrue();
            assertThat(atMiddle.check(settings)).allMatch(Check::isPassed);
            assertThat(history.compare(atMiddle.transfers(), middle))
                    .satisfies(comparison -> assertThat(comparison.isEqual())
                            .as(comparison.toString())
                            .isTrue());
            assertThat(history.compare(atEnd.transfers(), middle).tooNew()).isPositive();
        }
    }

    @Test
    void check_tornState_isFound() {
        WorkloadState good = goodState();
        assertThat(good.check(settings)).allMatch(Check::isPassed);

        assertThat(failures(
                        good,
                        state -> new WorkloadState(
                                with(state.balances(), 0L, 999L),
                                state.ledger(),
                                state.ring(),
                                state.left(),
                                state.right(),
                                10)))
                .containsExactly("no money appeared or vanished", "replaying the ledger gives every balance");
        assertThat(failures(
                        good,
                        state -> new WorkloadState(
                                state.balances(),
                                Map.of(1L, new Transfer(0, 1, 5)),
                                state.ring(),
                                state.left(),
                                state.right(),
                                10)))
                .containsExactly("replaying the ledger gives every balance");
        assertThat(failures(
                        good,
                        state -> new WorkloadState(
                                state.balances(),
                                state.ledger(),
                                with(state.ring(), 1L, 0L),
                                state.left(),
                                state.right(),
                                10)))
                .containsExactly("the ring is one cycle");
        assertThat(failures(
                        good,
                        state -> new WorkloadState(
                                state.balances(),
                                state.ledger(),
                                state.ring(),
                                with(state.left(), 3L, 1L),
                                state.right(),
                                9)))
                .containsExactly("both tables agree on every pair", "every document is there");
    }

    @Test
    void compare_differencesInBothDirections_areCounted() {
        TransferHistory history = new TransferHistory();
        history.acknowledged(1, 10);
        history.acknowledged(2, 20);
        history.acknowledged(3, 30);
        history.unknown(4);

        TransferHistory.Comparison comparison = history.compare(Set.of(1L, 3L, 4L, 5L), 20);

        assertThat(comparison.missing()).isEqualTo(1);
        assertThat(comparison.tooNew()).isEqualTo(1);
        assertThat(comparison.invented()).isEqualTo(1);
        assertThat(comparison.isEqual()).isFalse();
        assertThat(history.compare(Set.of(1L, 2L, 4L), 20).isEqual()).isTrue();
    }

    @Test
    void nextWindow_transactionsSinceTheLast_areSummedUp() {
        LatencyRecorder recorder = new LatencyRecorder();
        recorder.record(5_000_000);
        recorder.record(7_000_000);

        assertThat(recorder.nextWindow()).isEqualTo(new LatencyRecorder.Window(2, 7_000_000));
        assertThat(recorder.nextWindow().max()).isEqualTo(Duration.ZERO);
    }

    private List<String> failures(WorkloadState good, UnaryOperator<WorkloadState> damage) {
        return damage.apply(good).check(settings).stream()
                .filter(check -> !check.isPassed())
                .map(Check::name)
                .toList();
    }

    private WorkloadState goodState() {
        Map<Long, Long> balances = new TreeMap<>();
        for (long i = 0; i < settings.accounts() + WorkloadTables.RESERVED_ACCOUNTS; i++) {
            balances.put(i, WorkloadTables.FIRST_BALANCE);
        }
        Map<Long, Long> ring = new TreeMap<>();
        for (long i = 0; i < settings.ringNodes(); i++) {
            ring.put(i, (i + 1) % settings.ringNodes());
        }
        Map<Long, Long> pairs = new TreeMap<>();
        for (long i = 0; i < settings.pairs() + WorkloadTables.RESERVED_ACCOUNTS; i++) {
            pairs.put(i, 0L);
        }
        return new WorkloadState(balances, Map.of(), ring, pairs, pairs, 10);
    }

    private static Map<Long, Long> with(Map<Long, Long> map, long key, long value) {
        Map<Long, Long> changed = new TreeMap<>(map);
        changed.put(key, value);
        return changed;
    }
}
