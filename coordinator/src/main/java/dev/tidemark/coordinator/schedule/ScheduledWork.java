package dev.tidemark.coordinator.schedule;

/** What a schedule does. */
public enum ScheduledWork {
    /** A backup. */
    BACKUP,
    /** A verification with the budget of the day. */
    VERIFY,
    /** Expires backups, then collects garbage. */
    RETENTION
}
