package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.verify.PackChoice;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationOutcome;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.coordinator.verify.VerificationRun;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Verifies a namespace with the budget of the day. Thread-safe. */
public final class DailyVerification {
    private static final String STEP = "verify";

    private final Archive archive;
    private final ParallelWork work;
    private final EngineSeams seams;
    private final Function<String, PackChoice> budgets;

    /** @param budgets what is read of a namespace in a day */
    public DailyVerification(
            Archive archive, ParallelWork work, EngineSeams seams, Function<String, PackChoice> budgets) {
        this.archive = archive;
        this.work = work;
        this.seams = seams;
        this.budgets = budgets;
    }

    /**
     * Verifies all backups of a namespace; what was read is remembered.
     *
     * @throws CoordinatorException {@link ErrorCode#VERIFICATION_FAILED} when a backup, or the archive itself, is damaged
     */
    Verified verify(String namespace, OperationListener listener) {
        listener.stepStarted(namespace, STEP);
        VerificationOutcome outcome = new VerificationRun(
                        archive.namespace(namespace),
                        work,
                        seams,
                        (done, total) -> listener.progress(namespace, STEP, done, total, 0))
                .verify(VerificationLevel.CONTENT, budgets.apply(namespace), UnaryOperator.identity());
        VerificationReport report = outcome.report();
        outcome.notes().forEach(note -> listener.note(namespace, note));
        if (!report.isGood()) {
            throw new CoordinatorException(
                    ErrorCode.VERIFICATION_FAILED,
                    "something of the backups of namespace '" + namespace + "' is damaged or missing; "
                            + outcome.marked().size() + " packs were marked",
                    "Run 'tidemark verify " + namespace + "', and follow the runbook on damaged archives.");
        }
        listener.stepFinished(namespace, STEP);
        return new Verified(
                report.backups().size(), report.packs(), report.readBytes(), outcome.unrecorded(), outcome.certified());
    }

    /**
     * What was verified.
     *
     * @param backups how many
     * @param packs packs that were read
     * @param readBytes their bytes
     * @param unrecorded why not everything was written down, or empty
     * @param certified backups whose certificates were issued or renewed
     */
    record Verified(int backups, int packs, long readBytes, String unrecorded, List<String> certified) {}
}
