package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.verify.LiveDigest;
import dev.tidemark.coordinator.verify.StateDigest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LiveDigestTest {
    @Test
    void compute_oneRefreshFails_goesOnRefreshingAndSucceeds() {
        try (World world = new World(70, 1)) {
            long commit = world.set("a", "1");
            AtomicInteger refreshes = new AtomicInteger();
            NamespaceOracle oracle = before(world.oracle(), method -> {
                if (method.equals("refresh") && refreshes.incrementAndGet() == 1) {
                    throw unavailable("planned");
                }
            });

            StateDigest digest = compute(world, oracle, commit, wait(world, oracle, 3));

            assertThat(digest.cells()).isEqualTo(1);
            assertThat(refreshes.get()).isGreaterThanOrEqualTo(3);
            CoordinatorTest.assertNothingIsLeft(world);
        }
    }

    @Test
    void compute_everyRefreshFails_findsTheLeaseLost() {
        try (World world = new World(71, 1)) {
            long commit = world.set("a", "1");
            NamespaceOracle oracle = before(world.oracle(), method -> {
                if (method.equals("refresh")) {
                    throw unavailable("planned");
                }
            });

            assertThatThrownBy(() -> compute(world, oracle, commit, wait(world, oracle, 8)))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
        }
    }

    @Test
    void compute_fails_theFailureIsThrownWhateverTheUnlockDoes() {
        try (World world = new World(72, 1)) {
            long commit = world.set("a", "1");
            NamespaceOracle oracle = before(world.oracle(), method -> {
                if (method.equals("unlock")) {
                    throw unavailable("unlock");
                }
            });

            assertThatThrownBy(() -> compute(world, oracle, commit + 1_000, OperationListener.NONE))
                    .isInstanceOfSatisfying(TidemarkException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.TIMESTAMP_OUT_OF_RANGE);
                        assertThat(e.getSuppressed()).hasSize(1);
                    });
        }
    }

    private static StateDigest compute(
            World world, NamespaceOracle oracle, long timestamp, OperationListener listener) {
        try (PeriodicTasks tasks = world.time.process()) {
            EngineSeams seams =
                    new EngineSeams(world.time, world.time, world.time, tasks, Runnable::run, world.random, "test");
            return new LiveDigest(oracle, seams, new ParallelWork(Runnable::run, 1))
                    .compute(Map.of("main", world.store), timestamp, listener);
        }
    }

    /** Lets some refreshes become due in the middle of the work, once. */
    private static OperationListener wait(World world, NamespaceOracle oracle, int refreshes) {
        AtomicBoolean hasWaited = new AtomicBoolean();
        return new OperationListener() {
            @Override
            public void progress(String operationId, String step, long doneBytes, long totalBytes, long doneItems) {
                if (!hasWaited.getAndSet(true)) {
                    world.time.advance(Duration.ofMillis(oracle.leaseDurationMillis() * refreshes / 4));
                }
            }
        };
    }

    private static TimestampException unavailable(String message) {
        return new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, message, "planned");
    }

    /** Calls the hook with the name of the method before each call. */
    private static NamespaceOracle before(NamespaceOracle oracle, Consumer<String> hook) {
        return (NamespaceOracle) Proxy.newProxyInstance(
                LiveDigestTest.class.getClassLoader(),
                new Class<?>[] {NamespaceOracle.class},
                (proxy, method, arguments) -> {
                    hook.accept(method.getName());
                    try {
                        return method.invoke(oracle, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
