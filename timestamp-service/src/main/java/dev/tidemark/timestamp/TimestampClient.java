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

    /** Frees connections and threads, and the leases that only this client could refresh run out. */
    @Override
    void close();
}
