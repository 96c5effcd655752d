package dev.tidemark.coordinator.status;

import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.retention.BackupHold;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What was read of a namespace, before anything is made of it.
 *
 * @param backups the manifests, newest first
 * @param suffering what is wrong with backups that suffer from damage, by id, down to the newest good one
 * @param isShredded whether all data keys were destroyed on purpose, and none was begun since
 * @param verifiedAt when every byte of some backup had been read, as the best of the valid certificates says; {@link Instant#EPOCH}
 *     when there is none, or nobody wanted to know
 * @param operation the operation that has not ended
 * @param failures operations that have failed, newest first
 * @param holds those that count
 * @param unreadable records that can't be read, one line each
 */
record StatusFacts(
        BackupList backups,
        Map<String, String> suffering,
        boolean isShredded,
        Instant verifiedAt,
        UnfinishedOperation operation,
        List<OperationSummary> failures,
        List<BackupHold> holds,
        List<String> unreadable) {}
