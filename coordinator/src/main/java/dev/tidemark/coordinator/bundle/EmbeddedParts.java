package dev.tidemark.coordinator.bundle;

import dev.tidemark.timestamp.TimestampClient;

/** What an application has in its process. Thread-safe for different namespaces. */
public interface EmbeddedParts {
    /** Returns the oracle that the application gets its timestamps from; the bundle does not close it. */
    TimestampClient oracle();

    /**
     * Closes the stores of a namespace and forgets what the application has in memory of them, before they are changed by a restore, a
     * rewind or an undo. Does nothing when they are closed.
     */
    void release(String namespace);

    /**
     * Opens the stores of a namespace again, whatever has become of the operation.
     *
     * @throws RuntimeException when that is not possible: a store that is half restored refuses to open
     */
    void reopen(String namespace);
}
