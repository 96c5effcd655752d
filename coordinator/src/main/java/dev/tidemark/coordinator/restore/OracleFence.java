package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.EndedFence;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.util.Optional;

/**
 * The fence that an operation which changes a namespace's past puts up at the oracle: it ends every lease, so no client from
 * before can commit, and nobody starts a transaction until it is lifted. It bears the operation's id. The oracle may be lost at
 * any time; then it is created again and fenced before anything else.
 */
public final class OracleFence {
    private final TimestampClient oracles;
    private final String namespace;

    /** Creates access to the fence of a namespace. */
    public OracleFence(TimestampClient oracles, String namespace) {
        this.oracles = oracles;
        this.namespace = namespace;
    }

    /**
     * Puts the fence up if it is not, and the namespace if the oracle was lost. A fence of an operation that has ended, left by a
     * process that was stopped at the wrong moment, is replaced.
     *
     * @return at least the largest timestamp that the oracle had issued when the fence went up
     * @throws dev.tidemark.timestamp.TimestampException {@link ErrorCode#FENCE_CONFLICT} when another fence is up
     */
    public long raise(StepContext<?> context) {
        context.ensureHeld();
        NamespaceOracle oracle = oracles.createFencedNamespace(namespace, context.operationId());
        EndedFence.lift(oracle, context::hasEnded)
                .ifPresent(ended -> context.note("lifted the fence of '" + ended + "', which has ended"));
        return oracle.fence(context.operationId());
    }

    /** Tells whether the operation's own fence is up. */
    public boolean isUp(StepContext<?> context) {
        return oracles.namespace(namespace).currentFence().equals(Optional.of(context.operationId()));
    }

    /** Makes the oracle issue only timestamps greater than the target. */
    public void fastForward(long target, StepContext<?> context) {
        context.ensureHeld();
        oracles.namespace(namespace).fastForward(target);
    }

    /**
     * Lifts the fence, after a fast-forward, and proves that the oracle is ahead of the target.
     *
     * @throws CoordinatorException {@link ErrorCode#ORACLE_WENT_BACK} when it is not; the fence is up again then
     */
    public void lift(long target, StepContext<?> context) {
        NamespaceOracle oracle = oracles.createFencedNamespace(namespace, context.operationId());
        context.ensureHeld();
        oracle.fastForward(target);
        oracle.unfence(context.operationId());
        long fresh = oracle.freshTimestamp();
        if (fresh <= target) {
            oracle.fence(context.operationId());
            throw new CoordinatorException(
                    ErrorCode.ORACLE_WENT_BACK,
                    "the oracle issued " + fresh + " after it was fast-forwarded to " + target,
                    "Make sure that the configuration names the right oracle, then run 'tidemark resume'.");
        }
    }

    /**
     * Lifts the fence if it is the operation's own, for a clean-up.
     *
     * @param permission called before the change
     */
    public void liftIfOwn(long target, StepContext<?> context, Runnable permission) {
        if (oracles.namespaces().contains(namespace) && isUp(context)) {
            NamespaceOracle oracle = oracles.namespace(namespace);
            permission.run();
            oracle.fastForward(target);
            oracle.unfence(context.operationId());
        }
    }
}
