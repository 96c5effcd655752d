package dev.tidemark.coordinator.copy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.retention.BackupHold;
import dev.tidemark.coordinator.retention.Holds;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a backup from being removed while it is copied. Runs out by itself, for a process that was killed; one that takes longer finds
 * out that objects are gone, and fails.
 */
final class SourceHold implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceHold.class);
    private static final Duration LIMIT = Duration.ofDays(7);

    private final Holds holds;
    private final String holdId;

    private SourceHold(Holds holds, String holdId) {
        this.holds = holds;
        this.holdId = holdId;
    }

    /**
     * Places the hold, durable on return; none where the archive can't be written.
     *
     * @throws CoordinatorException {@code UNKNOWN_BACKUP} when there is no such backup, {@code NOT_ALLOWED_NOW} when it is being
     *     removed
     */
    static SourceHold place(NamespaceArchive archive, String backupId, EngineSeams seams) {
        Holds holds = new Holds(archive);
        String holdId = new ObjectId(seams.random().nextLong(), seams.random().nextLong()).toString();
        Instant now = seams.clock().instant();
        try {
            holds.place(new BackupHold(
                    holdId, backupId, "it is copied to another archive", seams.host(), now, now.plus(LIMIT)));
            return new SourceHold(holds, holdId);
        } catch (CoordinatorException e) {
            // An archive as of an earlier time does not change; what can only be read is protected by the grace of its
            // collections.
            if (e.code() != ErrorCode.ARCHIVE_READ_ONLY && e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED) {
                throw e;
            }
            LOG.warn("backup '{}' is copied without a hold: {}", backupId, e.getMessage());
            return new SourceHold(holds, "");
        }
    }

    /** The copy is complete, or has failed for another reason: that a hold stays until it runs out is no failure of its own. */
    @Override
    public void close() {
        if (holdId.isEmpty()) {
            return;
        }
        try {
            holds.release(holdId);
        } catch (CoordinatorException e) {
            LOG.warn("hold '{}' could not be released and runs out by itself: {}", holdId, e.getMessage());
        }
    }
}
