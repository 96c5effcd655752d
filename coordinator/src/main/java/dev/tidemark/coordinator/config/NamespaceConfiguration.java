package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.namespace.StoreOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A namespace.
 *
 * @param stores the stores that hold its tables, by name, at least one
 * @param retention which of its backups are kept, or null for the default
 * @param verification how its backups are verified; defaults apply to what is left out
 * @param objective what must be true of it at all times; what is left out is no objective
 * @param schedules what is done in it by the clock, by name; may be left out
 * @param hooks what is run before and after its backups and restores, in this order; may be left out
 */
public record NamespaceConfiguration(
        Map<String, StoreConfiguration> stores,
        RetentionConfiguration retention,
        VerificationConfiguration verification,
        ObjectiveConfiguration objective,
        Map<String, ScheduleConfiguration> schedules,
        List<HookConfiguration> hooks) {
    /** Checks that there is a store, and applies the defaults. */
    public NamespaceConfiguration {
        Required.present("stores", stores);
        Required.that(!stores.isEmpty(), "'stores' is empty (expected: at least one store)");
        stores = TidemarkConfiguration.checkedNames("store", stores);
        schedules = TidemarkConfiguration.checkedNames("schedule", schedules == null ? Map.of() : schedules);
        verification = verification == null ? VerificationConfiguration.DEFAULT : verification;
        objective = objective == null ? ObjectiveConfiguration.DEFAULT : objective;
        hooks = hooks == null ? List.of() : List.copyOf(hooks);
        orderOf(stores);
    }

    /** Returns the order in which the stores are worked on. */
    StoreOrder order() {
        return orderOf(stores);
    }

    private static StoreOrder orderOf(Map<String, StoreConfiguration> stores) {
        Map<String, List<String>> after = new TreeMap<>();
        stores.forEach((name, store) -> after.put(name, store.after()));
        return StoreOrder.of(after);
    }
}
