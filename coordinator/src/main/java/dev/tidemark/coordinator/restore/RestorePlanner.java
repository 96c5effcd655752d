package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.RecordsCheck;
import dev.tidemark.coordinator.restore.RestorePlan.NodePlan;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Works out a restore: reads the manifest, the target nodes and the oracle, and changes nothing. */
public final class RestorePlanner {
    static final String FAST_FORWARD_OF_BACKUP = "fast-forward timestamp of the backup";
    private static final RestoreId NOBODY = new RestoreId("plan", 1);

    private final NamespaceArchive archive;
    private final TimestampClient oracle;
    private final Map<String, StoreConnector> stores;
    private final Operations operations;

    /** Creates a planner for a namespace. */
    public RestorePlanner(
            NamespaceArchive archive,
            TimestampClient oracle,
            Map<String, StoreConnector> stores,
            Operations operations) {
        this.archive = archive;
        this.oracle = oracle;
        this.stores = stores;
        this.operations = operations;
    }

    /**
     * Returns the id of the backup that a request means.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP}, {@link ErrorCode#MANIFEST_INVALID};
     *     {@link ErrorCode#OBJECT_MISSING} when the latest backup is asked for, and the journals tell of a later one whose
     *     manifest is gone: an older state must not be restored unnoticed
     */
    public String resolve(RestoreRequest request) {
        Manifest manifest = new Catalog(archive).find(request.backupId());
        if (request.backupId().equals(RestoreRequest.LATEST)) {
            new RecordsCheck(archive, RecordsCheck.Extent.ENDS)
                    .completedBackups().stream()
                            .filter(id -> archive.store()
                                    .head(archive.layout().manifest(id))
                                    .isEmpty())
                            .filter(id -> operations
                                    .journal()
                                    .summary(id)
                                    .orElseThrow()
                                    .startedAt()
                                    .isAfter(manifest.createdAt()))
                            .findFirst()
                            .ifPresent(id -> {
                                throw new CoordinatorException(
                                        ErrorCode.OBJECT_MISSING,
                                        "the latest backup of namespace '" + archive.namespace() + "' is not known: '"
                                                + id
                                                + "' was completed, and its manifest '"
                                                + archive.layout().manifest(id) + "' is missing",
                                        "Restore the manifest from a copy of the archive, or name a backup by its id; the newest"
                                                + " one that can be read is '" + manifest.backupId() + "'.");
                            });
        }
        return manifest.backupId();
    }

    /**
     * Checks what can be checked before anything is changed: the targets, and that the archive has everything that the backup
     * needs (level 1 of a verification). Reads all of the backup's file lists; asks the oracle nothing.
     *
     * @throws CoordinatorException as {@link #plan}; {@link ErrorCode#OBJECT_MISSING} and {@link ErrorCode#OBJECT_DAMAGED} when
     *     the archive lacks something
     */
    public void check(RestoreRequest request) {
        Manifest manifest = new Catalog(archive).find(request.backupId());
        planStores(manifest);
        new BackupCheck(archive, manifest).run();
    }

    /**
     * Plans a restore; looks at the targets and asks the oracle, but not for the objects of the backup.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP}, {@link ErrorCode#MANIFEST_INVALID},
     *     {@link ErrorCode#STORE_NOT_EMPTY} when a target holds data, {@link ErrorCode#STORE_UNSUPPORTED} when stores or nodes
     *     of the backup and of the configuration differ, {@link ErrorCode#DISK_FULL} when a target has too little room
     */
    public RestorePlan plan(RestoreRequest request) {
        Manifest manifest = new Catalog(archive).find(request.backupId());
        List<NodePlan> nodes = planStores(manifest);
        nodes.addAll(nodesWithoutSnapshot(manifest));
        BackupList backups = new Catalog(archive).list();
        Map<String, Long> inputs = fastForwardInputs(manifest, backups);
        return new RestorePlan(
                archive.namespace(),
                manifest.backupId(),
                manifest.backupTimestamp(),
                manifest.immutableTimestamp(),
                manifest.timeAtBackupTimestamp(),
                inputs.values().stream().mapToLong(Long::longValue).max().orElseThrow(),
                inputs,
                nodes,
                RestoreOperation.stepNames(),
                manifest.cut().isDegraded(),
                "known after the files are loaded: the transactions table is part of them",
                backups.damaged().stream().map(RestorePlanner::note).toList());
    }

    private List<NodePlan> planStores(Manifest manifest) {
        List<NodePlan> nodes = new ArrayList<>();
        requireSame("stores", names(manifest), new TreeSet<>(stores.keySet()));
        for (StoreBackup store : manifest.stores()) {
            nodes.addAll(planStore(store, stores.get(store.name()).targetNodes()));
        }
        return nodes;
    }

    private static String note(DamagedManifest damaged) {
        return "the fast-forward timestamp of backup '" + damaged.backupId() + "' is not counted: " + damaged.message();
    }

    private static List<NodePlan> planStore(StoreBackup store, List<StoreNode> targets) {
        TreeSet<String> backedUp = new TreeSet<>();
        store.nodes().forEach(node -> backedUp.add(node.node()));
        TreeSet<String> reachable = new TreeSet<>();
        targets.forEach(node -> reachable.add(node.id().id()));
        if (!reachable.containsAll(backedUp)) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "nodes of store '" + store.name() + "' are " + reachable + " (expected: at least " + backedUp + ")",
                    "Set up the nodes that the backup has.");
        }
        for (StoreNode node : targets) {
            if (!node.isEmptyFor(NOBODY)) {
                throw new CoordinatorException(
                        ErrorCode.STORE_NOT_EMPTY,
                        "node '" + node.id() + "' of store '" + store.name()
                                + "' holds data (expected: an empty target)",
                        "Move the store's directory away, or configure an empty one, and run the restore again.");
            }
        }
        store.nodes().forEach(node -> requireSpace(store, node, targets));
        return store.nodes().stream()
                .map(node -> new NodePlan(store.name(), node.node(), node.files(), node.bytes()))
                .toList();
    }

    private static void requireSpace(StoreBackup store, NodeBackup node, List<StoreNode> targets) {
        long usable = targets.stream()
                .filter(target -> target.id().id().equals(node.node()))
                .mapToLong(StoreNode::usableBytes)
                .findFirst()
                .orElseThrow();
        if (node.bytes() > usable) {
            throw new CoordinatorException(
                    ErrorCode.DISK_FULL,
                    "node '" + node.node() + "' of store '" + store.name() + "' has " + usable
                            + " bytes free (expected: at least " + node.bytes() + ", what the backup holds)",
                    "Free space on the node's disk, or configure a directory on a larger one.");
        }
    }

    /** A node of which a degraded backup has no snapshot begins empty and gets its data by the repair. */
    private static List<NodePlan> nodesWithoutSnapshot(Manifest manifest) {
        return manifest.cut().missingNodes().stream()
                .map(name -> name.split("/", 2))
                .map(parts -> new NodePlan(parts[0], parts[1], 0, 0))
                .toList();
    }

    /**
     * The restored oracle must be above every timestamp that was ever issued as far as anybody knows: by this backup, by
     * later ones, by the epochs of operations, and by the oracle itself if it is still there. What a damaged manifest said
     * is lost, and a note says so: the epoch of its operation is below it, that of a later one above.
     */
    private Map<String, Long> fastForwardInputs(Manifest manifest, BackupList backups) {
        Map<String, Long> inputs = new TreeMap<>();
        inputs.put(FAST_FORWARD_OF_BACKUP, manifest.fastForwardTimestamp());
        inputs.put(
                "greatest fast-forward timestamp of all backups",
                backups.backups().stream()
                        .mapToLong(BackupSummary::fastForwardTimestamp)
                        .reduce(manifest.fastForwardTimestamp(), Math::max));
        inputs.put("greatest fencing epoch in the archive", operations.lastEpoch());
        inputs.put("last timestamp of the oracle", lastTimestampOfOracle());
        return inputs;
    }

    private long lastTimestampOfOracle() {
        if (!oracle.namespaces().contains(archive.namespace())) {
            return 0;
        }
        NamespaceOracle namespaceOracle = oracle.namespace(archive.namespace());
        if (namespaceOracle.currentFence().isPresent()) {
            return 0;
        }
        try {
            return namespaceOracle.freshTimestamp();
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.NAMESPACE_FENCED) {
                return 0;
            }
            throw e;
        }
    }

    private static TreeSet<String> names(Manifest manifest) {
        TreeSet<String> names = new TreeSet<>();
        manifest.stores().forEach(store -> names.add(store.name()));
        return names;
    }

    private static void requireSame(String what, TreeSet<String> backedUp, TreeSet<String> configured) {
        if (!backedUp.equals(configured)) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNSUPPORTED,
                    what + " in the configuration are " + configured + " (expected, from the backup: " + backedUp + ")",
                    "Correct the stores of the namespace in the configuration.");
        }
    }
}
