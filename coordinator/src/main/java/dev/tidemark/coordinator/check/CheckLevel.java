package dev.tidemark.coordinator.check;

/** How thorough a check is. */
public enum CheckLevel {
    /** Every object is there with its size. */
    EXISTENCE,
    /** Also, every object was read, and has the hash that was signed. */
    CONTENT
}
