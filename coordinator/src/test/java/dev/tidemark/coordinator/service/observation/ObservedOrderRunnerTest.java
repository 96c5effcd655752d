package dev.tidemark.coordinator.service.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.PlannedRunner;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservedOrderRunnerTest {
    private static final OperationOrder BACKUP = new OperationOrder.Backup(null, null, null);

    private final PlannedRunner runner = new PlannedRunner();
    private final List<String> told = new ArrayList<>();

    @Test
    void run_succeeds_tellsWhoOrderedItAndTheObservers() {
        Object report = new ObservedOrderRunner(runner, List.of(new Recorder("x"), new Recorder("y")))
                .run("a", BACKUP, new OperationListener() {
                    @Override
                    public void stepStarted(String operationId, String step) {
                        told.add("orderer: " + step);
                    }
                });

        assertThat(report.toString()).contains("backup-a-0");
        assertThat(told)
                .containsExactly(
                        "x: begun backup of a",
                        "y: begun backup of a",
                        "orderer: copy",
                        "x: copy",
                        "y: copy",
                        "x: copied",
                        "y: copied",
                        "x: succeeded",
                        "y: succeeded");
    }

    @Test
    void run_observerFails_changesNothing() {
        OrderObserver broken = (namespace, type) -> {
            throw new IllegalStateException("broken");
        };
        OrderObserver breaking = (namespace, type) -> new OrderObserver.Observation() {
            @Override
            public void stepStarted(String operationId, String step) {
                throw new IllegalStateException("breaks");
            }

            @Override
            public void succeeded(Object report) {
                throw new IllegalStateException("breaks at the end");
            }
        };

        Object report = new ObservedOrderRunner(runner, List.of(broken, breaking, new Recorder("x")))
                .run("a", BACKUP, OperationListener.NONE);

        assertThat(report).isNotNull();
        assertThat(told).contains("x: succeeded");
    }

    @Test
    void run_fails_tellsTheFailureAndThrowsIt() {
        CoordinatorException failure = new CoordinatorException(ErrorCode.STORE_UNAVAILABLE, "away", "");
        runner.failWith(failure);
        ObservedOrderRunner observed = new ObservedOrderRunner(runner, List.of(new Recorder("x")));

        assertThatThrownBy(() -> observed.run("a", BACKUP, OperationListener.NONE))
                .isSameAs(failure);

        assertThat(told).endsWith("x: failed: away");
    }

    private final class Recorder implements OrderObserver {
        private final String name;

        private Recorder(String name) {
            this.name = name;
        }

        @Override
        public Observation begun(String namespace, String type) {
            told.add(name + ": begun " + type + " of " + namespace);
            return new Observation() {
                @Override
                public void stepStarted(String operationId, String step) {
                    told.add(name + ": " + step);
                }

                @Override
                public void stepFinished(String operationId, String step) {
                    told.add(name + ": copied");
                }

                @Override
                public void succeeded(Object report) {
                    told.add(name + ": succeeded");
                }

                @Override
                public void failed(RuntimeException failure) {
                    told.add(name + ": failed: " + failure.getMessage());
                }
            };
        }
    }
}
