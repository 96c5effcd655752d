package dev.tidemark.coordinator.config;

import java.util.Map;

/**
 * A namespace.
 *
 * @param stores the stores that hold its tables, by name, at least one
 * @param retention which of its backups are kept, or null for the default
 * @param verification how its backups are verified; defaults apply to what is left out
 * @param objective what must be true of it at all times; what is left out is no objective
 * @param schedules what is done in it by the clock, by name; may be left out
 */
public record NamespaceConfiguration(
        Map<String, StoreConfiguration> stores,
        RetentionConfiguration retention,
        VerificationConfiguration verification,
        ObjectiveConfiguration objective,
        Map<String, ScheduleConfiguration> schedules) {
    /** Checks that there is a store, and applies the defaults. */
    public NamespaceConfiguration {
        Required.present("stores", stores);
        Required.that(!stores.isEmpty(), "'stores' is empty (expected: at least one store)");
        stores = TidemarkConfiguration.checkedNames("store", stores);
        schedules = TidemarkConfiguration.checkedNames("schedule", schedules == null ? Map.of() : schedules);
        verification = verification == null ? VerificationConfiguration.DEFAULT : verification;
        objective = objective == null ? ObjectiveConfiguration.DEFAULT : objective;
    }
}
