package dev.tidemark.coordinator.operation;

import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.util.Optional;

/**
 * The fence of an operation that has ended. A process that was stopped puts it up too late, when another one has ended the
 * operation, and lifts it again when it finds out; one that dies before that leaves it.
 */
public final class EndedFence {
    private EndedFence() {}

    /**
     * Lifts the fence of a namespace's oracle if its operation has ended: nobody else ever would. Does nothing when there is another
     * fence, none, or no oracle.
     *
     * @return the operation whose fence was lifted
     */
    public static Optional<String> lift(TimestampClient oracles, Operations operations) {
        String namespace = operations.journal().namespace();
        if (!oracles.namespaces().contains(namespace)) {
            return Optional.empty();
        }
        NamespaceOracle oracle = oracles.namespace(namespace);
        Optional<String> ended = oracle.currentFence().filter(operations.journal()::hasEnded);
        ended.ifPresent(oracle::unfence);
        return ended;
    }
}
