package dev.tidemark.timestamp.service;

/** When the service creates a namespace. In YAML: {@code never}, {@code explicit} or {@code on-first-use}. */
public enum NamespaceCreation {
    /** At the start alone, those that the configuration lists. */
    NEVER,
    /** At the start for those that the configuration lists, and on a request that says so. */
    EXPLICIT,
    /** Also on the first request of TimeLock's API, as TimeLock does: a misspelt name begins a new sequence at 1. */
    ON_FIRST_USE
}
