package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Objects;

/**
 * What is known of a backup whose files others have copied, and have put back: the timestamps of its cut. A restore that begins with
 * it does everything but the copying of files.
 *
 * @param immutableTimestamp the immutable timestamp under its hold (L)
 * @param backupTimestamp the state will be exactly the commits at or below it (B); greater than L
 * @param fastForwardTimestamp fetched after the last snapshot (F); greater than B
 * @param schemas which transactions schema applies to which start timestamps
 * @param schemasBound the last start timestamp for which that was decided, &gt;= 1
 */
public record ExternalBackup(
        long immutableTimestamp,
        long backupTimestamp,
        long fastForwardTimestamp,
        TransactionsSchemaMap schemas,
        long schemasBound) {
    /**
     * Checks the order of the timestamps.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when they are in another one
     */
    public ExternalBackup {
        Objects.requireNonNull(schemas, "schemas");
        if (immutableTimestamp < 1
                || immutableTimestamp >= backupTimestamp
                || backupTimestamp >= fastForwardTimestamp
                || schemasBound < 1) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "immutable timestamp " + immutableTimestamp + ", backup timestamp " + backupTimestamp
                            + ", fast-forward timestamp " + fastForwardTimestamp
                            + " (expected: 1 <= immutable < backup < fast-forward)",
                    "Take all files from the folder of one backup.");
        }
    }
}
