package dev.tidemark.coordinator.rewind;

import java.util.List;
import java.util.Objects;

/** What a request means. */
public sealed interface RewindTarget {
    /** Returns the timestamp at or below which commits stay. */
    long timestamp();

    /**
     * A moment of the live stores.
     *
     * @param timestamp the state will be exactly the commits at or below it
     * @param notes how it was found, one sentence each; empty when the request names it
     */
    record Moment(long timestamp, List<String> notes) implements RewindTarget {
        /** Copies the list. */
        public Moment {
            notes = List.copyOf(notes);
        }
    }

    /**
     * A backup whose files are in the stores already.
     *
     * @param backup what is known of it
     * @param isEveryTableRepaired whether the replicas of every table are made equal, not only those of the internal ones: what a
     *     backup without some of the nodes needs
     */
    record External(ExternalBackup backup, boolean isEveryTableRepaired) implements RewindTarget {
        /** Checks that there is a backup. */
        public External {
            Objects.requireNonNull(backup, "backup");
        }

        @Override
        public long timestamp() {
            return backup.backupTimestamp();
        }
    }
}
