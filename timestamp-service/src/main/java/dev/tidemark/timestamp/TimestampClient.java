package dev.tidemark.timestamp;

import dev.tidemark.kvs.ErrorCode;
import java.util.SortedSet;

/**
 * Access to a timestamp oracle and its namespaces. All methods block and are thread-safe; they throw
 * {@link TimestampException} with {@link ErrorCode#ORACLE_UNAVAILABLE} (retryable) when there is no answer.
 */
public interface TimestampClient extends AutoCloseable {
    /** Returns the namespaces that exist. */
    SortedSet<String> namespaces();

    /**
     * Returns the oracle of a namespace that exists. Never creates one: a misspelt name must not become a sequence that
     * begins at 1.
     *
     * @throws TimestampException {@link ErrorCode#UNKNOWN_NAMESPACE} when there is none, with the nearest name as hint;
     *     {@link ErrorCode#INVALID_INPUT} when no namespace can have this name
     */
    NamespaceOracle namespace(String name);

    /**
     * Returns the oracle of a namespace and creates the namespace if needed; for an application's first start and for
     * the restore of a lost oracle.
     */
    NamespaceOracle createNamespace(String name);

    /**
     * As {@link #createNamespace}, but a namespace that comes into being is fenced from its first moment. A client that has outlived
     * a lost oracle gets no timestamp of the new one that the lost one had issued already: none is issued before the fast-forward
     * and {@link NamespaceOracle#unfence}. A namespace that exists stays as it is. A TimeLock can't do this: what asks it for
     * timestamps must be stopped while it is restored.
     *
     * @param fenceId as {@link NamespaceOracle#fence}
     */
    NamespaceOracle createFencedNamespace(String name, String fenceId);

    /** Frees connections and threads, and the leases that only this client could refresh run out. */
    @Override
    void close();
}
