package dev.tidemark.coordinator.engine;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.backup.BackupOperation;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.namespace.NamespaceSetup;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationList;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.Resumable;
import dev.tidemark.coordinator.restore.RestoreChoice;
import dev.tidemark.coordinator.restore.RestoreOperation;
import dev.tidemark.coordinator.restore.RestorePlan;
import dev.tidemark.coordinator.restore.RestorePlanner;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.rewind.RewindOperation;
import dev.tidemark.coordinator.rewind.RewindPlan;
import dev.tidemark.coordinator.rewind.RewindPlanner;
import dev.tidemark.coordinator.rewind.RewindReport;
import dev.tidemark.coordinator.rewind.RewindRequest;
import dev.tidemark.coordinator.rewind.RewindTarget;
import dev.tidemark.coordinator.rewind.UndoOperation;
import dev.tidemark.coordinator.rewind.UndoPlan;
import dev.tidemark.coordinator.rewind.UndoPlanner;
import dev.tidemark.coordinator.rewind.UndoReport;
import dev.tidemark.coordinator.runbook.RunbookPublisher;
import dev.tidemark.coordinator.verify.LiveDigest;
import dev.tidemark.coordinator.verify.StateDigest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.timestamp.TimestampClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Every operation on the namespaces of one configuration. Holds no state of its own: what it knows is in the archive.
 * Thread-safe; one operation at a time changes a namespace, also across processes.
 */
public final class Coordinator {
    private final Archive archive;
    private final TimestampClient oracle;
    private final Map<String, Map<String, StoreConnector>> namespaces;
    private final EngineOptions options;
    private final EngineSeams seams;
    private final Map<String, NamespaceSetup> setups;
    private final Transfers transfers;
    private final Upkeep upkeep;

    private static final Set<String> TYPES_FOR_READERS =
            Set.of(RestoreOperation.TYPE, RewindOperation.TYPE, UndoOperation.TYPE);

    /**
     * Creates a coordinator.
     *
     * @param namespaces the stores of each namespace by name; closed by nobody, they hold nothing open
     */
    public Coordinator(
            Archive archive,
            TimestampClient oracle,
            Map<String, Map<String, StoreConnector>> namespaces,
            EngineOptions options,
            EngineSeams seams) {
        this(archive, oracle, namespaces, options, seams, name -> {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "archive '" + name + "' is not configured",
                    "Add it to 'archives' in the configuration.");
        });
    }

    /**
     * Creates a coordinator that can reach other archives too, to go on with copies from them.
     *
     * @param namespaces as in the other constructor
     * @param archives opens an archive by its configured name
     */
    public Coordinator(
            Archive archive,
            TimestampClient oracle,
            Map<String, Map<String, StoreConnector>> namespaces,
            EngineOptions options,
            EngineSeams seams,
            Function<String, Archive> archives) {
        this(archive, oracle, namespaces, options, seams, archives, Map.of());
    }

    /**
     * Creates a coordinator of namespaces of which more is configured than their stores.
     *
     * @param setups by namespace; those that are left out have none
     */
    public Coordinator(
            Archive archive,
            TimestampClient oracle,
            Map<String, Map<String, StoreConnector>> namespaces,
            EngineOptions options,
            EngineSeams seams,
            Function<String, Archive> archives,
            Map<String, NamespaceSetup> setups) {
        this.setups = Map.copyOf(setups);
        this.archive = archive;
        this.oracle = oracle;
        this.namespaces = new TreeMap<>(namespaces);
        this.options = options;
        this.seams = seams;
        this.transfers = new Transfers(
                archive, archives, options, seams, namespace -> setup(namespace).runbooks());
        this.upkeep = new Upkeep(archive, this.namespaces.keySet(), options, seams);
    }

    /** Returns what is done to the archive alone. */
    public Upkeep upkeep() {
        return upkeep;
    }

    /** Returns what takes backups over into the archive. */
    public Transfers transfers() {
        return transfers;
    }

    /**
     * Backs up a namespace. Goes on with a backup of it that an earlier process has left unfinished.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when it is not configured or not at the oracle,
     *     {@link ErrorCode#OPERATION_IN_PROGRESS} when another operation is under way or waits to be resumed
     */
    public BackupReport backup(BackupRequest request, OperationListener listener) {
        Map<String, StoreConnector> stores = stores(request.namespace());
        archive.signer().require("take a backup");
        oracle.namespace(request.namespace()); // refuses one that is unknown before the archive has anything of it
        NamespaceArchive namespaceArchive = archive.createNamespace(request.namespace());
        try (BackupOperation operation = backupOperation(namespaceArchive, stores)) {
            return operation.run(request, operations(namespaceArchive), listener);
        }
    }

    /**
     * Works out what a restore would do, after all the checks that a restore makes before it begins, and changes nothing.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP} when there is no such backup, and as
     *     {@link RestorePlanner#check} and {@link RestorePlanner#plan}
     */
    public RestorePlan planRestore(RestoreRequest request) {
        Map<String, StoreConnector> stores = stores(request.namespace());
        RestorePlanner planner = planner(archive.namespace(request.namespace()), stores);
        RestoreChoice choice = planner.resolve(request);
        planner.check(choice);
        return planner.plan(choice);
    }

    /**
     * Restores a namespace into empty stores. Goes on with a restore of the same backup that an earlier process has left
     * unfinished.
     */
    public RestoreReport restore(RestoreRequest request, OperationListener listener) {
        Map<String, StoreConnector> stores = stores(request.namespace());
        NamespaceArchive namespaceArchive = archive.namespace(request.namespace());
        try (RestoreOperation operation = restoreOperation(namespaceArchive, stores)) {
            return operation.run(request, planner(namespaceArchive, stores), operations(namespaceArchive), listener);
        }
    }

    /**
     * Works out what a rewind would do, after all the checks that a rewind makes before it begins, and changes nothing.
     *
     * @throws CoordinatorException as {@link RewindPlanner#resolve} and {@link RewindPlanner#plan}
     */
    public RewindPlan planRewind(RewindRequest request) {
        Map<String, StoreConnector> stores = stores(request.namespace());
        RewindPlanner planner = rewindPlanner(archive.namespace(request.namespace()), stores);
        return planner.plan(planner.resolve(request.point()));
    }

    /**
     * Makes the state of an earlier moment the present one, in the stores as they are. Goes on with a rewind to the same
     * timestamp that an earlier process has left unfinished.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP} when the namespace was never backed up
     */
    public RewindReport rewind(RewindRequest request, OperationListener listener) {
        Map<String, StoreConnector> stores = stores(request.namespace());
        NamespaceArchive namespaceArchive = archive.namespace(request.namespace());
        try (RewindOperation operation = rewindOperation(namespaceArchive, stores)) {
            RewindPlanner planner = rewindPlanner(namespaceArchive, stores);
            return operation.run(planner.resolve(request.point()), planner, operations(namespaceArchive), listener);
        }
    }

    /**
     * Works out what {@link #restoreExternal} would do, and changes nothing but that an archive which has never seen the namespace
     * gets it.
     *
     * @throws CoordinatorException as {@link RewindPlanner#plan}
     */
    public RewindPlan planRestoreExternal(String namespace, RewindTarget.External backup) {
        Map<String, StoreConnector> stores = stores(namespace);
        return rewindPlanner(namespaceArchive(namespace), stores).plan(backup);
    }

    /**
     * Restores from a backup whose files others have put into the stores: everything but the copying of files, which is a rewind of
     * what is there to the backup's timestamp. The namespace need not have been backed up before, and the oracle may be lost.
     */
    public RewindReport restoreExternal(String namespace, RewindTarget.External backup, OperationListener listener) {
        Map<String, StoreConnector> stores = stores(namespace);
        NamespaceArchive namespaceArchive = namespaceArchive(namespace);
        try (RewindOperation operation = rewindOperation(namespaceArchive, stores)) {
            return operation.run(
                    backup, rewindPlanner(namespaceArchive, stores), operations(namespaceArchive), listener);
        }
    }

    private NamespaceArchive namespaceArchive(String namespace) {
        return archive.namespaces().contains(namespace)
                ? archive.namespace(namespace)
                : archive.createNamespace(namespace);
    }

    /**
     * Works out what an undo would do, after all the checks that it makes before it begins, and changes nothing.
     *
     * @throws CoordinatorException as {@link UndoPlanner#plan}
     */
    public UndoPlan planUndo(String namespace) {
        return undoPlanner(archive.namespace(namespace), stores(namespace)).plan();
    }

    /** Takes back the last rewind, or the last restore over existing data, of a namespace. */
    public UndoReport undo(String namespace, OperationListener listener) {
        Map<String, StoreConnector> stores = stores(namespace);
        NamespaceArchive namespaceArchive = archive.namespace(namespace);
        try (UndoOperation operation = undoOperation(namespaceArchive, stores)) {
            return operation.run(operations(namespaceArchive), listener);
        }
    }

    /**
     * Goes on with the unfinished operation of a namespace.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_OPERATION} when there is none
     */
    public OperationSummary resume(String namespace, OperationListener listener) {
        Map<String, StoreConnector> stores = stores(namespace);
        NamespaceArchive records = archive.records(namespace);
        Operations operations = operations(records);
        OperationSummary unfinished = operations.unfinished();
        requireWriter(unfinished);
        try (Resumable operation = begun(unfinished, records, stores)) {
            operation.resume(operations, listener);
        }
        return operations.journal().summary(unfinished.operationId()).orElseThrow();
    }

    /**
     * Cancels an unfinished operation that no process works on: frees what it holds and records it.
     *
     * @throws CoordinatorException {@link ErrorCode#NOT_ALLOWED_NOW} when it has changed the target already
     */
    public OperationSummary cancel(String namespace, String operationId, OperationListener listener) {
        Map<String, StoreConnector> stores = stores(namespace);
        NamespaceArchive records = archive.records(namespace);
        Operations operations = operations(records);
        OperationSummary unfinished = operations.unfinished(operationId);
        requireWriter(unfinished);
        try (Resumable operation = begun(unfinished, records, stores)) {
            operation.cancel(operationId, operations, listener);
        }
        return operations.journal().summary(operationId).orElseThrow();
    }

    /** Returns the operations of a namespace whose journals can be read, newest first; empty when it was never backed up. */
    public List<OperationSummary> operations(String namespace) {
        return listOperations(namespace).operations();
    }

    /** Returns the operations of a namespace, and those whose journals are damaged. */
    public OperationList listOperations(String namespace) {
        stores(namespace);
        if (!archive.namespaces().contains(namespace)) {
            return new OperationList(List.of(), List.of());
        }
        return operations(archive.records(namespace)).journal().list();
    }

    /** Returns the operation of a namespace that has not ended, running or not, if there is one. */
    public Optional<OperationSummary> findUnfinished(String namespace) {
        stores(namespace);
        if (!archive.namespaces().contains(namespace)) {
            return Optional.empty();
        }
        return operations(archive.records(namespace)).findUnfinished();
    }

    /**
     * Returns how to restore a backup: what was stored with it, or what the present configuration says where nothing was.
     *
     * @param backup its id, or {@link Catalog#LATEST}
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE}, {@link ErrorCode#UNKNOWN_BACKUP},
     *     {@link ErrorCode#OBJECT_DAMAGED} when the stored one was changed, {@link ErrorCode#OBJECT_MISSING} when there is none
     */
    public RunbookPublisher.Shown runbook(String namespace, String backup) {
        stores(namespace);
        if (!archive.namespaces().contains(namespace)) {
            throw new CoordinatorException(
                    ErrorCode.UNKNOWN_BACKUP, "namespace '" + namespace + "' has no backup", "Take one first.");
        }
        NamespaceArchive opened = archive.namespace(namespace);
        Manifest manifest = new Catalog(opened).find(backup);
        return new RunbookPublisher(opened, setup(namespace).runbooks())
                .show(manifest)
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.OBJECT_MISSING,
                        "backup '" + manifest.backupId() + "' has no runbook",
                        "See docs/runbooks for restoring without one."));
    }

    /** Returns the catalog of a namespace's backups. */
    public Catalog catalog(String namespace) {
        return new Catalog(archive.namespace(namespace));
    }

    /**
     * Computes the digest of a namespace's live stores at a timestamp, under a hold, so that garbage collection can't pass it
     * meanwhile.
     *
     * @param timestamp commits at or below it are visible
     * @throws CoordinatorException {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when it is in the future, or garbage collection has
     *     passed it
     */
    public StateDigest digest(String namespace, long timestamp, OperationListener listener) {
        return new LiveDigest(oracle.namespace(namespace), seams, work())
                .compute(stores(namespace), timestamp, listener);
    }

    private BackupOperation backupOperation(NamespaceArchive namespaceArchive, Map<String, StoreConnector> stores) {
        return new BackupOperation(
                namespaceArchive, oracle, stores, options, seams, setup(namespaceArchive.namespace()));
    }

    private RestoreOperation restoreOperation(NamespaceArchive namespaceArchive, Map<String, StoreConnector> stores) {
        return new RestoreOperation(
                namespaceArchive,
                oracle,
                stores,
                options,
                seams,
                setup(namespaceArchive.namespace()).hooks());
    }

    private RewindOperation rewindOperation(NamespaceArchive namespaceArchive, Map<String, StoreConnector> stores) {
        return new RewindOperation(namespaceArchive, oracle, stores, options, seams);
    }

    private UndoOperation undoOperation(NamespaceArchive namespaceArchive, Map<String, StoreConnector> stores) {
        return new UndoOperation(
                namespaceArchive, oracle, stores, undoPlanner(namespaceArchive, stores), options, seams);
    }

    private RewindPlanner rewindPlanner(NamespaceArchive namespaceArchive, Map<String, StoreConnector> stores) {
        return new RewindPlanner(namespaceArchive, oracle, stores, operations(namespaceArchive), work(), seams.clock());
    }

    private UndoPlanner undoPlanner(NamespaceArchive namespaceArchive, Map<String, StoreConnector> stores) {
        return new UndoPlanner(namespaceArchive, oracle, stores, operations(namespaceArchive), work());
    }

    private ParallelWork work() {
        return new ParallelWork(seams.workers(), options.parallelism());
    }

    /** An operation on the data keys must not need them. */
    private Resumable begun(OperationSummary summary, NamespaceArchive records, Map<String, StoreConnector> stores) {
        return switch (summary.type()) {
            case BackupOperation.TYPE -> backupOperation(archive.namespace(records.namespace()), stores);
            case RestoreOperation.TYPE -> restoreOperation(archive.namespace(records.namespace()), stores);
            case RewindOperation.TYPE -> rewindOperation(archive.namespace(records.namespace()), stores);
            case UndoOperation.TYPE -> undoOperation(archive.namespace(records.namespace()), stores);
            default ->
                upkeep.begun(summary.type(), records)
                        .or(() -> transfers.begun(summary.type(), records.namespace()))
                        .orElseThrow(() -> new CoordinatorException(
                                ErrorCode.UNKNOWN_FORMAT_VERSION,
                                "operation '" + summary.operationId() + "' is of the unknown type '" + summary.type()
                                        + "'",
                                "Use the version of Tidemark that began it."));
        };
    }

    /** What changes backups must be signed, or recorded under a signature. */
    private void requireWriter(OperationSummary summary) {
        if (!TYPES_FOR_READERS.contains(summary.type())) {
            archive.signer().require("go on with or end a " + summary.type());
        }
    }

    private RestorePlanner planner(NamespaceArchive namespaceArchive, Map<String, StoreConnector> stores) {
        return new RestorePlanner(namespaceArchive, oracle, stores, operations(namespaceArchive));
    }

    private Operations operations(NamespaceArchive namespaceArchive) {
        return new Operations(namespaceArchive, options.lockLease(), seams);
    }

    private Map<String, StoreConnector> stores(String namespace) {
        Upkeep.requireConfigured(namespace, namespaces.keySet());
        return setup(namespace).order().ordered(namespaces.get(namespace));
    }

    private NamespaceSetup setup(String namespace) {
        return setups.getOrDefault(namespace, NamespaceSetup.NONE);
    }
}
