package dev.tidemark.cli.demo;

import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.rewind.RewindPlan;
import dev.tidemark.coordinator.rewind.RewindReport;
import dev.tidemark.coordinator.rewind.RewindRequest;
import dev.tidemark.coordinator.verify.StateDigest;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.transaction.TransactionalStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A release of the application with a planted bug, and the rewind to the moment before it went out. The bug pays money out
 * without taking it from anybody and without an entry in the ledger, which nobody can tell from the store afterwards.
 */
final class BadDeployment {
    private static final int FAULTY_PAYMENTS = 50;
    private static final long FAULTY_AMOUNT = 100;
    /** Longer than the interval of the oracle's time index. */
    private static final Duration QUIET = Duration.ofMillis(1_200);

    private final DemoSettings settings;
    private final EngineSeams seams;

    private Instant deployedAt;
    private List<String> brokenInvariants = List.of();
    private RewindReport rewind;
    private StateDigest before;
    private StateDigest after;
    private long lastTimestampBefore;

    BadDeployment(DemoSettings settings, EngineSeams seams) {
        this.settings = settings;
        this.seams = seams;
    }

    /** Runs the release until somebody notices. */
    void deploy(LiveSystem system) throws InterruptedException {
        system.oracle().freshTimestamp();
        seams.sleeper().sleep(QUIET);
        system.oracle().freshTimestamp();
        deployedAt = seams.clock().instant();
        pay(system.transactions());
        lastTimestampBefore = system.oracle().freshTimestamp();
        brokenInvariants = system.stateAt(lastTimestampBefore).check(settings.workload()).stream()
                .filter(check -> !check.isPassed())
                .map(Check::name)
                .toList();
    }

    private void pay(TransactionalStore store) {
        for (int payment = 0; payment < FAULTY_PAYMENTS; payment++) {
            long account = payment % settings.workload().accounts();
            store.execute(transaction -> {
                long balance = transaction
                        .get(WorkloadTables.ACCOUNTS, WorkloadTables.cell(account))
                        .orElseThrow()
                        .toLong();
                transaction.put(
                        WorkloadTables.ACCOUNTS, WorkloadTables.cell(account), Bytes.ofLong(balance + FAULTY_AMOUNT));
                return null;
            });
        }
    }

    /** Rewinds the stopped application's store to the time of the release. */
    void rewind(Coordinator coordinator) {
        RewindRequest request = new RewindRequest(DemoDirectory.NAMESPACE, new RestorePoint.Time(deployedAt));
        RewindPlan plan = coordinator.planRewind(request);
        before = coordinator.digest(DemoDirectory.NAMESPACE, plan.targetTimestamp(), OperationListener.NONE);
        rewind = coordinator.rewind(request, OperationListener.NONE);
        after = coordinator.digest(DemoDirectory.NAMESPACE, rewind.fastForwardTarget(), OperationListener.NONE);
    }

    Instant deployedAt() {
        return deployedAt;
    }

    List<String> brokenInvariants() {
        return brokenInvariants;
    }

    int faultyPayments() {
        return FAULTY_PAYMENTS;
    }

    RewindReport report() {
        return rewind;
    }

    /** Returns the digest of the state at the target, taken before the rewind. */
    StateDigest digestBefore() {
        return before;
    }

    /** Returns the digest of the present state, taken after the rewind. */
    StateDigest digestAfter() {
        return after;
    }

    /** Returns the last timestamp that was issued before the rewind. */
    long lastTimestampBefore() {
        return lastTimestampBefore;
    }
}
