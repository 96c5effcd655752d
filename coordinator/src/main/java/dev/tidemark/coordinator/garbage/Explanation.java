package dev.tidemark.coordinator.garbage;

import java.time.Instant;
import java.util.List;

/**
 * Why an object is in the archive, or is not any more.
 *
 * @param object its key
 * @param sizeBytes its size, -1 when it is not there
 * @param neededBy ids of the backups that need it, ordered
 * @param isCollectable whether garbage collection removes objects of its kind
 * @param condemnedBy the operation that condemned it, or empty
 * @param condemnedAt when that was; the epoch when it was not condemned
 * @param damage what is known to be wrong with it, or empty
 */
public record Explanation(
        String object,
        long sizeBytes,
        List<String> neededBy,
        boolean isCollectable,
        String condemnedBy,
        Instant condemnedAt,
        String damage) {
    /** Copies the list. */
    public Explanation {
        neededBy = List.copyOf(neededBy);
    }
}
