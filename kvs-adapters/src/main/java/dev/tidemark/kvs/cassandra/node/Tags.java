package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.node.SnapshotTag;
import java.util.Optional;

/**
 * How snapshots are called in Cassandra, so that they are known as Tidemark's and no two of them are confused: no tag of a backup
 * begins with a dot.
 */
final class Tags {
    private static final String BACKUP = "tidemark-";
    private static final String SAFETY_COPY = "tidemark.safety-";
    private static final String HELD = "tidemark.held-";
    private static final String LOADING = "tidemark.loading-";
    private static final String PLACING = "tidemark.placing-";

    private Tags() {}

    /** Returns what the snapshot of a backup is called. */
    static String backup(SnapshotTag tag) {
        return BACKUP + tag;
    }

    /** Returns the tag of the backup's snapshot that is called so; empty for any other. */
    static Optional<SnapshotTag> tagOf(String name) {
        if (!name.startsWith(BACKUP) || !SnapshotTag.isValid(name.substring(BACKUP.length()))) {
            return Optional.empty();
        }
        return Optional.of(new SnapshotTag(name.substring(BACKUP.length())));
    }

    /** Returns what the safety copy of a restore is called. */
    static String safetyCopy(String restore) {
        return SAFETY_COPY + restore;
    }

    /** Returns what is called that which the node held when a restore brought a safety copy back. */
    static String held(String restore) {
        return HELD + restore;
    }

    /** Returns what a directory is called from which the node imports files; never used twice. */
    static String loading(long load, long number) {
        return LOADING + load + "-" + number;
    }

    /** Returns what a directory is called from which files are moved into that of a table; never used twice. */
    static String placing(long load, long number) {
        return PLACING + load + "-" + number;
    }

    /** Tells whether a directory is one from which files are loaded in either way. */
    static boolean isLoading(String name) {
        return name.startsWith(LOADING) || isPlacing(name);
    }

    /** Tells whether the files of a directory are moved into that of a table. */
    static boolean isPlacing(String name) {
        return name.startsWith(PLACING);
    }
}
