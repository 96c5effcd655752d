package dev.tidemark.coordinator.config;

import java.util.Map;

/**
 * A namespace.
 *
 * @param stores the stores that hold its tables, by name, at least one
 * @param retention which of its backups are kept, or null for the default
 */
public record NamespaceConfiguration(Map<String, StoreConfiguration> stores, RetentionConfiguration retention) {
    /** Checks that there is a store. */
    public NamespaceConfiguration {
        Required.present("stores", stores);
        Required.that(!stores.isEmpty(), "'stores' is empty (expected: at least one store)");
        stores = TidemarkConfiguration.checkedNames("store", stores);
    }
}
