package dev.tidemark.coordinator.config;

import java.util.Map;

/**
 * A namespace.
 *
 * @param stores the stores that hold its tables, by name, at least one
 */
public record NamespaceConfiguration(Map<String, StoreConfiguration> stores) {
    /** Checks that there is a store. */
    public NamespaceConfiguration {
        Required.present("stores", stores);
        Required.that(!stores.isEmpty(), "'stores' is empty (expected: at least one store)");
        stores = TidemarkConfiguration.checkedNames("store", stores);
    }
}
