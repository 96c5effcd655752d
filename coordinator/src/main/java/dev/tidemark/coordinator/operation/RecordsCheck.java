package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Checks the journals and the lock of a namespace. Other processes may write to them meanwhile. Reads the last record of each
 * journal, or all of them, and the entries of the lock: all, or the first ones and the last. Not thread-safe.
 */
public final class RecordsCheck {
    private static final int LOCK_PAGE = 1_000;

    private final NamespaceArchive archive;
    private final Journal journal;
    private final LockRow row;
    private final long shreddedEpoch;
    private final List<Problem> problems = new ArrayList<>();
    private final SortedSet<String> completedBackups = new TreeSet<>();

    /** Which records are read. */
    public enum Extent {
        /** The first and the last of each journal; gaps are found too. */
        ENDS,
        /** Every one. */
        ALL
    }

    /** Reads and checks. */
    public RecordsCheck(NamespaceArchive archive, Extent extent) {
        this.archive = archive;
        journal = new Journal(archive, () -> {
            throw new IllegalStateException("a check writes no record");
        });
        row = new LockRow(archive);
        shreddedEpoch = archive.shreddedEpoch();
        journal.operationIds().forEach(id -> checkJournal(id, extent));
        if (extent == Extent.ALL) {
            archive.forEachKey("lock/", this::checkLockEntry);
        } else {
            archive.listKeys("lock/", LOCK_PAGE).forEach(this::checkLockEntry);
            reporting(archive.layout().prefix() + "lock", row::last);
        }
    }

    /** Returns what is wrong. */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** Returns the ids of the backups that, as their journals say, were completed and not shredded since: each must have its manifest. */
    public SortedSet<String> completedBackups() {
        return new TreeSet<>(completedBackups);
    }

    private void checkJournal(String operationId, Extent extent) {
        String name = archive.layout().prefix() + "journal/" + operationId;
        reporting(name, () -> {
            if (extent == Extent.ALL) {
                journal.readAll(operationId);
            }
            OperationSummary summary = journal.summary(operationId).orElseThrow();
            if (summary.outcome() == OperationSummary.Outcome.SUCCEEDED
                    && summary.type().equals("backup")
                    && summary.epoch() > shreddedEpoch) {
                completedBackups.add(operationId);
            }
            if (isUnfinished(operationId) && !isNamedByLock(operationId) && isUnfinished(operationId)) {
                problems.add(
                        new Problem(
                                name,
                                "its last records are missing: it has no end, and the lock of the namespace is not held for it"));
            }
        });
    }

    private boolean isUnfinished(String operationId) {
        return journal.summary(operationId)
                .map(summary -> summary.outcome() == OperationSummary.Outcome.UNFINISHED)
                .orElse(false);
    }

    /** A lock that can't be read is reported by itself. */
    private boolean isNamedByLock(String operationId) {
        try {
            return row.last()
                    .filter(entry -> entry.kind() != LockEntry.Kind.RELEASED)
                    .map(entry -> entry.operationId().equals(operationId))
                    .orElse(false);
        } catch (CoordinatorException e) {
            if (Journal.isDamage(e)) {
                return true;
            }
            throw e;
        }
    }

    private void checkLockEntry(ObjectKey key) {
        reporting(key.value(), () -> {
            try {
                Documents.decode(archive.documents().read(key), LockEntry.class, key.value());
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_MISSING) {
                    throw e;
                }
                // Its holder has removed it since it was listed.
            }
        });
    }

    private void reporting(String object, Runnable check) {
        try {
            check.run();
        } catch (CoordinatorException e) {
            if (!Journal.isDamage(e)) {
                throw e;
            }
            problems.add(new Problem(object, e.getMessage()));
        }
    }

    /**
     * Something wrong with a record.
     *
     * @param object key of the object, or of the folder of the journal that it belongs to
     * @param message what is wrong
     */
    public record Problem(String object, String message) {}
}
