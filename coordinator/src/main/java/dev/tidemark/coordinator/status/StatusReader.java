package dev.tidemark.coordinator.status;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.operation.LockView;
import dev.tidemark.coordinator.operation.OperationList;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.retention.BackupHold;
import dev.tidemark.coordinator.retention.Holds;
import dev.tidemark.coordinator.verify.MarkedBackups;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads how namespaces are from an archive that was opened with a secret key, of a reader or a writer. Writes nothing and takes no lock.
 * Thread-safe.
 */
public final class StatusReader {
    /** Backups are looked at for damage so many at a time, until there is a good one. */
    private static final int BACKUPS_AT_A_TIME = 10;

    /** Clocks of those who run operations differ by less. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofHours(1);

    private final Archive archive;
    private final Function<NamespaceArchive, Operations> operationsOf;
    private final Duration lockLease;
    private final LockWatch watch;
    private final Function<NamespaceArchive, BackupList> backupsOf;

    /**
     * Creates a reader.
     *
     * @param operationsOf gives access to the operations of a namespace
     * @param lockLease for how long an operation that was given back may wait before it counts as not renewed
     */
    public StatusReader(
            Archive archive, Function<NamespaceArchive, Operations> operationsOf, Duration lockLease, LockWatch watch) {
        this(archive, operationsOf, lockLease, watch, records -> new Catalog(records).list());
    }

    /**
     * Creates a reader that gets the backups of a namespace from somewhere else than their manifests, for who reads often.
     *
     * @param operationsOf gives access to the operations of a namespace
     * @param lockLease for how long an operation that was given back may wait before it counts as not renewed
     * @param backupsOf returns what {@link Catalog#list} would
     */
    public StatusReader(
            Archive archive,
            Function<NamespaceArchive, Operations> operationsOf,
            Duration lockLease,
            LockWatch watch,
            Function<NamespaceArchive, BackupList> backupsOf) {
        this.archive = archive;
        this.operationsOf = operationsOf;
        this.lockLease = lockLease;
        this.watch = watch;
        this.backupsOf = backupsOf;
    }

    /**
     * Reads how a namespace is; one that the archive has never seen has no backup.
     *
     * @param now the time that ages are counted from, by this process's clock
     * @throws CoordinatorException what says nothing about the namespace, as {@link ErrorCode#ARCHIVE_UNAVAILABLE}
     */
    public NamespaceStatus read(String namespace, Objectives objectives, Instant now) {
        return new StatusRules(namespace, objectives, now, facts(namespace, objectives, now)).decide();
    }

    private StatusFacts facts(String namespace, Objectives objectives, Instant now) {
        NamespaceArchive records;
        try {
            records = archive.records(namespace);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.UNKNOWN_NAMESPACE) {
                throw e;
            }
            return new StatusFacts(
                    new BackupList(List.of(), List.of()),
                    Map.of(),
                    false,
                    Instant.EPOCH,
                    UnfinishedOperation.NONE,
                    List.of(),
                    List.of(),
                    List.of());
        }
        List<String> unreadable = new ArrayList<>();
        // The operation comes first: one that ends meanwhile has its backup in the list.
        UnfinishedOperation operation = operation(records, now, unreadable);
        BackupList backups = backupsOf.apply(records);
        Map<String, String> suffering = suffering(namespace, backups.backups());
        Optional<BackupSummary> newestGood = backups.backups().stream()
                .filter(backup -> !suffering.containsKey(backup.backupId()))
                .findFirst();
        return new StatusFacts(
                backups,
                suffering,
                archive.isShredded(namespace),
                CertifiedBackups.verifiedAt(
                        () -> archive.toPublic().certificateCheck(namespace), backups, suffering, objectives, now),
                operation,
                failures(records, newestGood, unreadable),
                holds(records, now, unreadable),
                unreadable);
    }

    /** A key that is lost or damaged takes every backup with it. */
    private Map<String, String> suffering(String namespace, List<BackupSummary> backups) {
        Map<String, String> suffering = new TreeMap<>();
        try {
            MarkedBackups marked = new MarkedBackups(archive.namespace(namespace));
            for (int from = 0; from < backups.size() && suffering.size() == from; from += BACKUPS_AT_A_TIME) {
                suffering.putAll(
                        marked.find(backups.subList(from, Math.min(backups.size(), from + BACKUPS_AT_A_TIME)).stream()
                                .map(BackupSummary::backupId)
                                .toList()));
            }
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.KEY_DESTROYED && !isDamage(e)) {
                throw e;
            }
            backups.forEach(backup -> suffering.put(backup.backupId(), e.getMessage()));
        }
        return suffering;
    }

    private UnfinishedOperation operation(NamespaceArchive records, Instant now, List<String> unreadable) {
        Operations operations = operationsOf.apply(records);
        try {
            Optional<LockView> lock = operations.lock().filter(view -> view.state() != LockView.State.RELEASED);
            if (lock.isEmpty()) {
                return UnfinishedOperation.NONE;
            }
            Duration silence = silence(records.namespace(), operations, lock.get(), now);
            return operations
                    .findUnfinished()
                    .filter(summary -> summary.operationId().equals(lock.get().operationId()))
                    .map(summary -> unfinished(summary, lock.get(), silence))
                    .orElse(UnfinishedOperation.NONE);
        } catch (CoordinatorException e) {
            if (!isDamage(e)) {
                throw e;
            }
            unreadable.add(
                    "the lock, or the journal of the operation that it is for, can't be read: " + e.getMessage());
            return UnfinishedOperation.NONE;
        }
    }

    private Duration silence(String namespace, Operations operations, LockView lock, Instant now) {
        if (lock.state() == LockView.State.HELD) {
            return watch.silence(namespace, lock, operations::lock, now);
        }
        Duration since = Duration.between(lock.writtenAt(), now);
        return since.isNegative() ? Duration.ZERO : since;
    }

    private UnfinishedOperation unfinished(OperationSummary summary, LockView lock, Duration silence) {
        boolean isHeld = lock.state() == LockView.State.HELD;
        Duration lease = isHeld ? lock.lease() : lockLease;
        return new UnfinishedOperation(
                summary.operationId(),
                summary.type(),
                summary.currentStep(),
                lock.epoch(),
                lock.host(),
                summary.startedAt(),
                lock.writtenAt(),
                silence,
                isHeld && silence.isZero(),
                silence.compareTo(lease.multipliedBy(LockWatch.LEASES_UNTIL_STUCK)) > 0);
    }

    private List<OperationSummary> failures(
            NamespaceArchive records, Optional<BackupSummary> newestGood, List<String> unreadable) {
        Instant from = newestGood
                .map(backup -> backup.createdAt().minus(CLOCK_DIFFERENCE))
                .orElse(Instant.EPOCH);
        OperationList list = operationsOf.apply(records).journal().listSince(from);
        list.damaged()
                .forEach(operation -> unreadable.add("the journal of operation '" + operation.operationId()
                        + "' can't be read: " + operation.message()));
        return list.operations().stream()
                .filter(operation -> operation.outcome() == OperationSummary.Outcome.FAILED)
                .toList();
    }

    private static List<BackupHold> holds(NamespaceArchive records, Instant now, List<String> unreadable) {
        try {
            return new Holds(records).active(now);
        } catch (CoordinatorException e) {
            if (!isDamage(e)) {
                throw e;
            }
            unreadable.add("the holds can't be read: " + e.getMessage());
            return List.of();
        }
    }

    static boolean isDamage(CoordinatorException e) {
        return e.code() == ErrorCode.OBJECT_DAMAGED
                || e.code() == ErrorCode.OBJECT_MISSING
                || e.code() == ErrorCode.MANIFEST_INVALID
                || e.code() == ErrorCode.UNKNOWN_BACKUP
                || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION;
    }
}
