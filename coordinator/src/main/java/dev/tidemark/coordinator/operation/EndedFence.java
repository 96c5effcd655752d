package dev.tidemark.coordinator.operation;

import dev.tidemark.timestamp.NamespaceOracle;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The fence of an operation that has ended. A process that was stopped puts it up too late, when another one has ended the
 * operation, and lifts it again when it finds out; one that dies before that leaves it.
 */
public final class EndedFence {
    private EndedFence() {}

    /**
     * Lifts the oracle's fence if its operation has ended: nobody else ever would.
     *
     * @param hasEnded tells whether an operation has
     * @return the operation whose fence was lifted
     */
    public static Optional<String> lift(NamespaceOracle oracle, Predicate<String> hasEnded) {
        Optional<String> ended = oracle.currentFence().filter(hasEnded);
        ended.ifPresent(oracle::unfence);
        return ended;
    }
}
