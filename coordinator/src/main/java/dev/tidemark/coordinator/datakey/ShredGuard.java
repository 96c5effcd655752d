package dev.tidemark.coordinator.datakey;

/** Has a say in whether a namespace may be shredded. */
@FunctionalInterface
public interface ShredGuard {
    /**
     * Refuses when something pins a backup of the namespace. Called before anything is changed, and again under the lock.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException {@link dev.tidemark.kvs.ErrorCode#NOT_ALLOWED_NOW}, and says what
     */
    void check(String namespace);
}
