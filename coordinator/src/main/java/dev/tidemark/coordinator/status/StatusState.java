package dev.tidemark.coordinator.status;

/** What a namespace is. The later, the worse. */
public enum StatusState {
    /** There is no backup, because all were made unreadable on purpose and none was made since. */
    SHREDDED,
    /** There is a good backup, and every objective is met. */
    OK,
    /** Every objective is met, and may not be for long: somebody should look. */
    AT_RISK,
    /** There is no good backup, or an objective is missed. */
    LATE,
    /** The next backup was due, and has not come. */
    STOPPED,
    /** An operation is unfinished, and nobody works on it. */
    STUCK
}
