package dev.tidemark.coordinator.engine;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveKeys;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.audit.AuditEvent;
import dev.tidemark.coordinator.archive.audit.AuditStatement;
import dev.tidemark.coordinator.archive.audit.AuditTrail;
import dev.tidemark.coordinator.catalog.Annotations;
import dev.tidemark.coordinator.datakey.RotationOperation;
import dev.tidemark.coordinator.datakey.RotationState;
import dev.tidemark.coordinator.datakey.ShredOperation;
import dev.tidemark.coordinator.datakey.ShredPlan;
import dev.tidemark.coordinator.datakey.ShredReport;
import dev.tidemark.coordinator.garbage.Explainer;
import dev.tidemark.coordinator.garbage.Explanation;
import dev.tidemark.coordinator.garbage.GarbageOperation;
import dev.tidemark.coordinator.garbage.GarbageOptions;
import dev.tidemark.coordinator.garbage.GarbagePlan;
import dev.tidemark.coordinator.garbage.GarbagePlanner;
import dev.tidemark.coordinator.garbage.GarbageReport;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.Resumable;
import dev.tidemark.coordinator.repair.RepairOperation;
import dev.tidemark.coordinator.repair.RepairReport;
import dev.tidemark.coordinator.retention.BackupHold;
import dev.tidemark.coordinator.retention.ExpireOperation;
import dev.tidemark.coordinator.retention.ExpireReport;
import dev.tidemark.coordinator.retention.Holds;
import dev.tidemark.coordinator.retention.RetentionPlan;
import dev.tidemark.coordinator.retention.RetentionPlanner;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * What is done to the archive alone: which backups stay, what else is removed, repaired, and made unreadable. Needs neither oracle nor
 * stores. Thread-safe; one operation at a time changes a namespace, also across processes.
 */
public final class Upkeep {
    private final Archive archive;
    private final Set<String> configured;
    private final EngineOptions options;
    private final EngineSeams seams;
    private final AuditTrail trail;

    Upkeep(Archive archive, Set<String> configured, EngineOptions options, EngineSeams seams) {
        this.archive = archive;
        this.configured = configured;
        this.options = options;
        this.seams = seams;
        trail = new AuditTrail(archive.audit(), seams.clock(), seams.host());
    }

    /**
     * Refuses a namespace that is not configured.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE}
     */
    /**
     * Checks that a namespace is configured.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when it is not
     */
    public static void requireConfigured(String namespace, Set<String> configured) {
        if (!configured.contains(namespace)) {
            throw new CoordinatorException(
                    ErrorCode.UNKNOWN_NAMESPACE,
                    "namespace '" + namespace + "' is not configured (expected: one of " + configured + ")",
                    "Correct the name, or add the namespace to the configuration.");
        }
    }

    /**
     * Works out what {@link #shred} would destroy, and changes nothing. The namespace need not be configured.
     *
     * @throws CoordinatorException as {@link ShredOperation#plan}
     */
    public ShredPlan planShred(String namespace) {
        NamespaceArchive records = archive.records(namespace);
        return shredOperation(records).plan(operations(records));
    }

    /** Makes the backups of a namespace unreadable for ever, or goes on with that. The namespace need not be configured. */
    public ShredReport shred(String namespace, OperationListener listener) {
        NamespaceArchive records = archive.records(namespace);
        return shredOperation(records).run(operations(records), listener);
    }

    /**
     * Returns the data key that {@link #rotateKey} would replace, after all the checks that it makes, and changes nothing.
     *
     * @throws CoordinatorException as {@link RotationOperation#plan}
     */
    public int planKeyRotation(String namespace) {
        NamespaceArchive records = archive.records(namespace);
        return new RotationOperation(archive, records, seams).plan(operations(records));
    }

    /** Begins a new data key of a namespace for what is written from then on. The namespace need not be configured. */
    public RotationState rotateKey(String namespace, OperationListener listener) {
        NamespaceArchive records = archive.records(namespace);
        return new RotationOperation(archive, records, seams).run(operations(records), listener);
    }

    /**
     * Works out which backups a policy keeps, and why; changes nothing.
     *
     * @param backupIds backups to be removed whatever the policy says of them; empty to remove those that it does not keep
     * @throws CoordinatorException as {@link RetentionPlanner#plan(RetentionPolicy, java.time.Instant, List)}
     */
    public RetentionPlan planExpire(String namespace, RetentionPolicy policy, List<String> backupIds) {
        requireConfigured(namespace, configured);
        RetentionPlanner planner = new RetentionPlanner(archive.namespace(namespace));
        return backupIds.isEmpty()
                ? planner.plan(policy, seams.clock().instant())
                : planner.plan(policy, seams.clock().instant(), backupIds);
    }

    /** Removes the backups that {@link #planExpire} would not keep; their objects are left to {@link #collectGarbage}. */
    public ExpireReport expire(
            String namespace, RetentionPolicy policy, List<String> backupIds, OperationListener listener) {
        requireConfigured(namespace, configured);
        archive.signer().require("remove backups");
        NamespaceArchive namespaceArchive = archive.namespace(namespace);
        try (ExpireOperation operation = new ExpireOperation(namespaceArchive, seams)) {
            return operation.run(
                    () -> planExpire(namespace, policy, backupIds), operations(namespaceArchive), listener);
        }
    }

    /** Returns the holds on a namespace's backups. */
    public Holds holds(String namespace) {
        requireConfigured(namespace, configured);
        return new Holds(archive.namespace(namespace));
    }

    /**
     * Places a hold.
     *
     * @throws CoordinatorException as {@link Holds#place}
     */
    public void placeHold(String namespace, BackupHold hold) {
        String subject = "backup " + hold.backupId() + " hold " + hold.holdId();
        trail.around(AuditStatement.of(AuditEvent.HOLD_PLACED, namespace, subject, hold.reason()), () -> {
            holds(namespace).place(hold);
            return hold;
        });
    }

    /**
     * Lifts a hold.
     *
     * @return the hold
     * @throws CoordinatorException as {@link Holds#release}
     */
    public BackupHold releaseHold(String namespace, String holdId) {
        Holds holds = holds(namespace);
        BackupHold hold = holds.find(holdId);
        String subject = "backup " + hold.backupId() + " hold " + hold.holdId();
        return trail.around(
                AuditStatement.of(AuditEvent.HOLD_RELEASED, namespace, subject, hold.reason()),
                () -> holds.release(holdId));
    }

    /**
     * Returns the annotations of a backup.
     *
     * @throws CoordinatorException as {@link Annotations#of}
     */
    public SortedMap<String, String> annotations(String namespace, String backupId) {
        requireConfigured(namespace, configured);
        return new Annotations(archive.namespace(namespace)).of(backupId);
    }

    /**
     * Changes the annotations of a backup.
     *
     * @param changes the new text by name; an empty one takes the annotation away
     * @return what the backup has now
     * @throws CoordinatorException as {@link Annotations#change}
     */
    public SortedMap<String, String> annotate(String namespace, String backupId, Map<String, String> changes) {
        requireConfigured(namespace, configured);
        Annotations annotations = new Annotations(archive.namespace(namespace));
        return trail.around(
                AuditStatement.of(AuditEvent.ANNOTATED, namespace, "backup " + backupId, changes.toString()),
                () -> annotations.change(backupId, changes));
    }

    /** Lets another key open the archive. */
    public void addKey(ArchiveKeys.NewSlot slot, String description) {
        trail.around(AuditStatement.of(AuditEvent.KEY_ADDED, "", "slot " + slot.id(), description), () -> archive.keys()
                .add(slot));
    }

    /**
     * Takes the access to the archive from a key.
     *
     * @param slot id of the slot, as {@link ArchiveKeys#planRemoval} gives it
     */
    public void removeKey(String slot, boolean isForced) {
        trail.around(AuditStatement.of(AuditEvent.KEY_REMOVED, "", "slot " + slot, isForced ? "forced" : ""), () -> {
            archive.keys().remove(slot, isForced);
            return slot;
        });
    }

    /**
     * Tells the audit log that a backup is about to be written out of the archive in readable form. An export needs no right to write:
     * where there is none it goes on without an entry.
     *
     * @param where where it goes, for people
     * @return why the log could not be told, if so
     */
    public Optional<String> recordExport(String namespace, String backupId, String where) {
        try {
            trail.add(AuditStatement.of(AuditEvent.EXPORTED, namespace, "backup " + backupId, where));
            return Optional.empty();
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.ARCHIVE_READ_ONLY && e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED) {
                throw e;
            }
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Works out what a garbage collection would do; changes nothing. */
    public GarbagePlan planGarbage(String namespace, GarbageOptions garbageOptions) {
        requireConfigured(namespace, configured);
        return new GarbagePlanner(archive.namespace(namespace))
                .plan(garbageOptions.grace(), seams.clock().instant());
    }

    /** Removes what no backup of a namespace needs, in two phases; see {@link GarbageOperation}. */
    public GarbageReport collectGarbage(String namespace, GarbageOptions garbageOptions, OperationListener listener) {
        requireConfigured(namespace, configured);
        archive.signer().require("remove objects");
        NamespaceArchive namespaceArchive = archive.namespace(namespace);
        try (GarbageOperation operation = garbageOperation(namespaceArchive)) {
            return operation.run(garbageOptions, operations(namespaceArchive), listener);
        }
    }

    /** Tells why an object of a namespace is there; see {@link Explainer#explain}. */
    public Explanation explain(String namespace, String object) {
        requireConfigured(namespace, configured);
        return new Explainer(archive.namespace(namespace)).explain(object);
    }

    /** Puts a namespace of the archive right as far as the archive itself can. */
    public RepairReport repair(String namespace, OperationListener listener) {
        requireConfigured(namespace, configured);
        archive.signer().require("repair a namespace");
        NamespaceArchive namespaceArchive = archive.namespace(namespace);
        try (RepairOperation operation = new RepairOperation(namespaceArchive, seams)) {
            return operation.run(operations(namespaceArchive), listener);
        }
    }

    /** Returns an operation of one of these types that an earlier process has begun, or nothing when it is of another type. */
    Optional<Resumable> begun(String type, NamespaceArchive records) {
        return switch (type) {
            case ShredOperation.TYPE -> Optional.of(shredOperation(records));
            case RotationOperation.TYPE -> Optional.of(new RotationOperation(archive, records, seams));
            case ExpireOperation.TYPE ->
                Optional.of(new ExpireOperation(archive.namespace(records.namespace()), seams));
            case GarbageOperation.TYPE -> Optional.of(garbageOperation(archive.namespace(records.namespace())));
            case RepairOperation.TYPE ->
                Optional.of(new RepairOperation(archive.namespace(records.namespace()), seams));
            default -> Optional.empty();
        };
    }

    private GarbageOperation garbageOperation(NamespaceArchive namespaceArchive) {
        return new GarbageOperation(namespaceArchive, seams, new ParallelWork(seams.workers(), options.parallelism()));
    }

    private ShredOperation shredOperation(NamespaceArchive records) {
        return new ShredOperation(archive, records, namespace -> requireNoHold(records), seams);
    }

    private void requireNoHold(NamespaceArchive records) {
        new Holds(records).active(seams.clock().instant()).stream().findFirst().ifPresent(hold -> {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "backup '" + hold.backupId() + "' of namespace '" + records.namespace() + "' is held: "
                            + hold.reason(),
                    "Release hold '" + hold.holdId() + "' first, if its reason is gone.");
        });
    }

    private Operations operations(NamespaceArchive namespaceArchive) {
        return new Operations(namespaceArchive, options.lockLease(), seams);
    }
}
