package dev.tidemark.coordinator.restore;

/** What a restore does with data that it finds in its targets. */
public enum ExistingData {
    /** The restore is refused. */
    REFUSE,
    /** It is set aside as a safety copy on each node, from which an undo brings it back. */
    REPLACE
}
