package dev.tidemark.coordinator.rewind;

import java.util.List;

/**
 * The timestamp that a request means.
 *
 * @param timestamp the state will be exactly the commits at or below it
 * @param notes how it was found, one sentence each; empty when the request names it
 */
public record RewindTarget(long timestamp, List<String> notes) {
    /** Copies the list. */
    public RewindTarget {
        notes = List.copyOf(notes);
    }
}
