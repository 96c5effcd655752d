package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.Operation;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.Resumable;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.timestamp.TimestampClient;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a restore, a rewind and an undo have in common: they change the stores behind a fence of the oracle, which is
 * fast-forwarded before the fence is lifted.
 *
 * @param <S> the state
 */
public abstract class FencedChange<S extends FencedState<S>> implements Operation<S>, Resumable {
    protected final NamespaceArchive archive;
    protected final OracleFence fence;
    protected final EngineSeams seams;
    protected final ParallelWork work;
    protected final RestoreTargets targets;

    protected FencedChange(
            NamespaceArchive archive,
            TimestampClient oracles,
            Map<String, StoreConnector> connectors,
            EngineOptions options,
            EngineSeams seams) {
        this.archive = archive;
        this.fence = new OracleFence(oracles, archive.namespace());
        this.targets = new RestoreTargets(connectors);
        this.seams = seams;
        this.work = new ParallelWork(seams.workers(), options.parallelism());
    }

    @Override
    public final void resume(Operations operations, OperationListener listener) {
        operations.resume(hooked("FAILED"), FencedChange::nextEpoch, listener);
    }

    /** Cancels the namespace's unfinished operation of this type, if it can be cancelled where it stands. */
    @Override
    public final void cancel(String operationId, Operations operations, OperationListener listener) {
        operations.cancel(hooked("CANCELLED"), operationId, FencedChange::nextEpoch, listener);
    }

    /**
     * Returns this operation with its hooks.
     *
     * @param outcomeAfterCleanUp what hooks are told when it is cleaned up
     */
    protected Operation<S> hooked(String outcomeAfterCleanUp) {
        return this;
    }

    /** A fence that went up after the other process had lifted it would stay for good. */
    @Override
    public final void overtaken(S state, StepContext<S> context) {
        targets.close();
        if (context.hasEnded(context.operationId())) {
            fence.liftIfOwn(state.fastForwardTarget(), context, () -> {});
        }
    }

    @Override
    public final void close() {
        targets.close();
    }

    /** Fences the oracle, again after an interruption; returns the state with the largest timestamp issued before. */
    protected final S fenced(S state, StepContext<S> context) {
        long largest = fence.raise(context);
        return state.fencedAt(Math.max(largest, state.largestTimestampAtFence()));
    }

    /** Lets the step begin at an earlier one again when a node does not have what that one has put there. */
    protected final Body<S> orAgainFrom(String earlierStep, String what, UnaryOperator<S> change, Body<S> body) {
        return (state, context) -> {
            try {
                return body.run(state, context);
            } catch (KeyValueStoreException e) {
                if (e.code() != ErrorCode.NOT_ALLOWED_NOW) {
                    throw e;
                }
                context.note(what + " again: " + e.getMessage());
                targets.close();
                return Transition.goTo(earlierStep, change.apply(state));
            }
        };
    }

    /** A step: makes the oracle issue only timestamps above the target. */
    protected final Transition<S> fastForward(S state, StepContext<S> context) {
        fence.fastForward(state.fastForwardTarget(), context);
        return Transition.next(state);
    }

    /** A step: lifts the fence. */
    protected final Transition<S> unfence(S state, StepContext<S> context) {
        fence.lift(state.fastForwardTarget(), context);
        return Transition.next(state);
    }

    /** Hands a node's data over to the application. Only the last change can be undone: older copies would only fill the disk. */
    protected static void handOver(StoreNode node, StepContext<?> context) {
        RestoreId restore = restoreId(context);
        node.completeRestore(restore);
        node.safetyCopies().stream()
                .filter(copy -> !copy.equals(restore.id()))
                .forEach(copy -> node.dropSafetyCopy(restore, copy));
    }

    /** Lets the stores prepare for their nodes to give back what the operation has changed. */
    protected final void prepareGiveBack(StepContext<?> context) {
        targets.forEachStore((name, connector) -> {
            context.ensureHeld();
            connector.prepareGiveBack(restoreId(context));
        });
    }

    /** Returns what the nodes know the operation by. */
    protected static RestoreId restoreId(StepContext<?> context) {
        return new RestoreId(context.operationId(), context.epoch());
    }

    /** The oracle is silent behind the operation's own fence: the epoch is no number of its sequence. */
    protected static long nextEpoch(long lastEpoch) {
        return lastEpoch + 1;
    }
}
