package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An order that this process has, and the thread that carries it out. Thread-safe. */
final class TakenOrder {
    private static final Logger LOG = LoggerFactory.getLogger(TakenOrder.class);

    private final OrderBook book;
    private final OrderRunner runner;
    private final InstantSource clock;
    private final boolean isLeftBehind;
    private final OrderProgress progress;

    private Thread thread;
    private boolean isInterruptionDue;
    private boolean isCancelled;
    private boolean isStopped;
    private boolean isBegunByAnother;

    /** The operation that it had come to before this process carried it out; empty for none. For the thread that does. */
    private String operationBefore = "";

    /** @param isLeftBehind whether another process has accepted it, which may be alive */
    TakenOrder(AcceptedOrder order, OrderBook book, OrderRunner runner, InstantSource clock, boolean isLeftBehind) {
        this.book = book;
        this.isLeftBehind = isLeftBehind;
        this.runner = runner;
        this.clock = clock;
        progress = new OrderProgress(order, this::begun);
    }

    AcceptedOrder order() {
        return progress.order();
    }

    OrderBook book() {
        return book;
    }

    OrderProgress progress() {
        return progress;
    }

    /** Tells whether there is an operation of it, begun by whomever. */
    boolean hasBegun() {
        return !progress.operationId().isEmpty();
    }

    synchronized void cancel() {
        isCancelled = true;
        interrupt();
    }

    synchronized void stop() {
        isStopped = true;
        interrupt();
    }

    /**
     * Carries it out, on the calling thread.
     *
     * @return how it has ended, or null when it is left to another process
     */
    OrderEnd carryOut() {
        progress.running();
        try {
            OrderEnd before = endBefore();
            if (before != null) {
                return before;
            }
        } catch (CoordinatorException e) {
            LOG.warn("order {} waits for the next process: {}", order().id(), e.getMessage());
            return null;
        }
        try {
            return succeeded(interruptibly(() -> runner.run(order().namespace(), order().order(), progress)));
        } catch (RuntimeException e) {
            return afterFailure(e);
        }
    }

    OrderEnd cancelled(String operationId, String message) {
        OrderProblem problem = new OrderProblem(ErrorCode.OPERATION_CANCELLED.name(), message, "", false);
        return end(Outcome.CANCELLED, operationId, null, problem);
    }

    /**
     * Without it the order would be carried out anew, and go on with what is unfinished: no reason to fail the operation. But one that
     * another process has begun meanwhile, because this one was thought to be dead, is not done twice.
     */
    private void begun(String operationId) {
        try {
            String written = book.begin(order().id(), operationId);
            if (!written.equals(operationId) && !written.equals(operationBefore)) {
                synchronized (this) {
                    isBegunByAnother = true;
                    interrupt();
                }
            }
        } catch (CoordinatorException e) {
            LOG.warn("that order {} has begun could not be written: {}", order().id(), e.getMessage());
        }
    }

    /** The process that had it may have died between the end of the operation and that of the order, or live and have ended it. */
    private OrderEnd endBefore() {
        Optional<OrderEnd> written = book.findEnd(order().id());
        if (written.isPresent()) {
            return written.get();
        }
        operationBefore = book.operationId(order().id()).orElse("");
        return Optional.of(operationBefore)
                .filter(operationId -> !operationId.isEmpty())
                .flatMap(operationId -> runner.find(order().namespace(), operationId))
                .filter(summary -> summary.outcome() != Outcome.UNFINISHED)
                .map(this::endOf)
                .orElse(null);
    }

    private OrderEnd endOf(OperationSummary summary) {
        if (summary.outcome() == Outcome.SUCCEEDED) {
            return end(Outcome.SUCCEEDED, summary.operationId(), summary, null);
        }
        ErrorCode code =
                summary.outcome() == Outcome.CANCELLED ? ErrorCode.OPERATION_CANCELLED : ErrorCode.NOT_ALLOWED_NOW;
        OrderProblem problem = new OrderProblem(code.name(), summary.message(), "", true);
        return end(summary.outcome(), summary.operationId(), null, problem);
    }

    private OrderEnd afterFailure(RuntimeException failure) {
        if (isBegunByAnother()) {
            return withdrawn(failure);
        }
        if (isWithAnother(failure)) {
            return leftToAnother(failure);
        }
        if (!isInterruption(failure)) {
            return failed(failure);
        }
        if (isStopped()) {
            return null;
        }
        return isCancelled() ? cancelOperation() : failed(failure);
    }

    /** Takes back the operation that this process has begun; that of the other one counts. */
    private OrderEnd withdrawn(RuntimeException failure) {
        String operationId = progress.operationId();
        try {
            runner.cancel(order().namespace(), operationId, progress);
        } catch (CoordinatorException e) {
            LOG.warn("operation '{}' is left unfinished: {}", operationId, e.getMessage());
        }
        return leftToAnother(failure);
    }

    /** Its end is that one's to tell: a failure that is told here would stand against its success. */
    private boolean isWithAnother(RuntimeException failure) {
        if (!(failure instanceof TidemarkException known)) {
            return false;
        }
        return known.code() == ErrorCode.FENCED_OUT
                || (isLeftBehind && known.code() == ErrorCode.OPERATION_IN_PROGRESS);
    }

    /** Returns the end of the operation if that one has ended it. */
    private OrderEnd leftToAnother(RuntimeException failure) {
        LOG.info("order {} of {} is with another process: {}", order().id(), order().namespace(), failure.getMessage());
        try {
            return endBefore();
        } catch (CoordinatorException e) {
            LOG.warn("what became of order {} is not known yet: {}", order().id(), e.getMessage());
            return null;
        }
    }

    private OrderEnd cancelOperation() {
        String operationId = progress.operationId();
        if (operationId.isEmpty()) {
            return cancelled("", "cancelled before it began");
        }
        try {
            runner.cancel(order().namespace(), operationId, progress);
            return cancelled(operationId, "cancelled by the operator");
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.NOT_ALLOWED_NOW) {
                return failed(e);
            }
            progress.note(operationId, "it goes on: " + e.getMessage());
        }
        try {
            return succeeded(interruptibly(() -> runner.resume(order().namespace(), progress)));
        } catch (RuntimeException e) {
            return isInterruption(e) && isStopped() ? null : failed(e);
        }
    }

    private OrderEnd succeeded(Object report) {
        return end(Outcome.SUCCEEDED, progress.operationId(), report, null);
    }

    private OrderEnd failed(RuntimeException failure) {
        OrderProblem problem = OrderProblem.of(failure);
        if (problem.code().equals(ErrorCode.INTERNAL.name())) {
            LOG.error("order {} of {} failed", order().id(), order().namespace(), failure);
        }
        return end(Outcome.FAILED, progress.operationId(), null, problem);
    }

    private OrderEnd end(Outcome outcome, String operationId, Object report, OrderProblem problem) {
        return new OrderEnd(
                OrderEnd.FORMAT_VERSION,
                outcome,
                operationId,
                clock.instant(),
                report == null ? null : OrderBook.toTree(report),
                problem);
    }

    private static boolean isInterruption(RuntimeException failure) {
        return failure instanceof TidemarkException known && known.code() == ErrorCode.INTERRUPTED;
    }

    synchronized boolean isStopped() {
        return isStopped;
    }

    private synchronized boolean isBegunByAnother() {
        return isBegunByAnother;
    }

    private synchronized boolean isCancelled() {
        return isCancelled;
    }

    private void interrupt() {
        if (thread == null) {
            isInterruptionDue = true;
        } else {
            thread.interrupt();
        }
    }

    /** Whoever interrupts means this work: nothing before it, and nothing that the thread does afterwards. */
    private <T> T interruptibly(Supplier<T> work) {
        synchronized (this) {
            thread = Thread.currentThread();
            if (isInterruptionDue) {
                isInterruptionDue = false;
                thread.interrupt();
            }
        }
        try {
            return work.get();
        } finally {
            synchronized (this) {
                thread = null;
                Thread.interrupted();
            }
        }
    }
}
