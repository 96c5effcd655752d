package dev.tidemark.coordinator.namespace;

import dev.tidemark.coordinator.hook.Hooks;
import dev.tidemark.coordinator.runbook.RunbookSource;

/**
 * What the configuration of a namespace says besides its stores.
 *
 * @param order in which order the stores are worked on
 * @param hooks what is run before and after backups and restores
 * @param runbooks what runbooks have to know
 */
public record NamespaceSetup(StoreOrder order, Hooks hooks, RunbookSource runbooks) {
    /** What applies when nothing is said. */
    public static final NamespaceSetup NONE = new NamespaceSetup(StoreOrder.NONE, Hooks.NONE, RunbookSource.NONE);
}
