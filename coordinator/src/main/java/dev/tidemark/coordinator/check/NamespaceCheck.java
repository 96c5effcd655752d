package dev.tidemark.coordinator.check;

import java.time.Instant;
import java.util.List;

/**
 * What was found out about one namespace.
 *
 * @param namespace its name
 * @param state the worst of what was found
 * @param newestGood id of the newest backup of those that were checked with which nothing is wrong, or empty
 * @param stateAt time of the state that it holds; the epoch when there is none
 * @param reason why it is stale: there is no good backup, it is too old, or the next one was due and has not come; empty when it is not
 * @param backups the backups that were checked, newest first
 */
public record NamespaceCheck(
        String namespace, State state, String newestGood, Instant stateAt, String reason, List<BackupCheck> backups) {
    /** Copies the list. */
    public NamespaceCheck {
        backups = List.copyOf(backups);
    }

    /** What a namespace is. The later, the worse. */
    public enum State {
        /** There is no backup, because all were made unreadable on purpose and none was made since. */
        SHREDDED,
        /** There is a good backup, it is recent enough, and nothing is wrong with the others. */
        RESTORABLE,
        /** All that is there is good, and too old; or the next backup was due and has not come; or there is nothing. */
        STALE,
        /** A backup is damaged. */
        DAMAGED
    }
}
