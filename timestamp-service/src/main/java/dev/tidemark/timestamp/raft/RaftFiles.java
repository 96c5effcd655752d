package dev.tidemark.timestamp.raft;

import java.nio.file.Path;
import java.util.UUID;

/**
 * Where a server has its files:
 *
 * <pre>
 * DATA/lock, holder   as in a directory of bound files
 * DATA/server         whose it is, see {@link ServerIdentity}
 * DATA/watermark      how far the log has got, see {@link Watermark}
 * DATA/log/CLUSTER/   what Ratis keeps: current/ has the log, sm/ the snapshots
 * </pre>
 */
record RaftFiles(Path directory) {
    /** Longest entry of the log; a command has less than 8 KiB. */
    static final String MAX_ENTRY_BYTES = "4MB";

    Path log() {
        return directory.resolve("log");
    }

    Path group(UUID cluster) {
        return log().resolve(cluster.toString());
    }
}
