package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.engine.Upkeep;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The orders of the configured namespaces. Thread-safe. */
public final class OrderBooks {
    private final Archive archive;
    private final Set<String> configured;

    /** @param configured names of the namespaces */
    public OrderBooks(Archive archive, Set<String> configured) {
        this.archive = archive;
        this.configured = Set.copyOf(configured);
    }

    /**
     * Opens the orders of a namespace to be read; nothing when the archive has never seen it.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException {@code UNKNOWN_NAMESPACE} when it is not configured
     */
    Optional<OrderBook> find(String namespace) {
        requireConfigured(namespace);
        return archive.hasNamespace(namespace)
                ? Optional.of(new OrderBook(archive.records(namespace)))
                : Optional.empty();
    }

    void requireConfigured(String namespace) {
        Upkeep.requireConfigured(namespace, configured);
    }

    /**
     * Returns the orders of a namespace that were accepted, by whatever process, and have not ended, the oldest first.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException as {@link #find}
     */
    public List<AcceptedOrder> unended(String namespace) {
        return find(namespace).map(OrderBook::unended).orElse(List.of());
    }

    /**
     * Opens the orders of a namespace, which gets its place in the archive when it has none.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException as {@link #find}
     */
    OrderBook open(String namespace) {
        return find(namespace).orElseGet(() -> new OrderBook(archive.createNamespace(namespace)));
    }
}
