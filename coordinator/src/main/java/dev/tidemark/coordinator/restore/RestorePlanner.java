package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.node.FileSelection;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.restore.RestorePlan.NodePlan;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cluster.Placement;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.cluster.TableSelection;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.timestamp.TimestampClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Works out a restore: reads the manifest, the target nodes and the oracle, and changes nothing. */
public final class RestorePlanner {
    static final String FAST_FORWARD_OF_BACKUP = "fast-forward timestamp of the backup";
    private static final RestoreId NOBODY = new RestoreId("plan", 1);

    private final NamespaceArchive archive;
    private final FastForwardTarget fastForward;
    private final Map<String, StoreConnector> stores;
    private final Operations operations;

    /** Creates a planner for a namespace. */
    public RestorePlanner(
            NamespaceArchive archive,
            TimestampClient oracle,
            Map<String, StoreConnector> stores,
            Operations operations) {
        this.archive = archive;
        this.fastForward = new FastForwardTarget(oracle, archive.namespace(), operations);
        this.stores = stores;
        this.operations = operations;
    }

    /**
     * Returns the backup and the timestamp that a request means.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP}, {@link ErrorCode#MANIFEST_INVALID};
     *     {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when no backup, or not the one that is named, can be restored to the wanted
     *     moment; {@link ErrorCode#OBJECT_MISSING} when the latest backup is asked for, and the journals tell of a later one
     *     whose manifest is gone: an older state must not be restored unnoticed
     */
    public RestoreChoice resolve(RestoreRequest request) {
        return new RestoreChooser(archive, operations).choose(request);
    }

    /**
     * Checks what can be checked before anything is changed: the targets, that no other operation fences the oracle, and that
     * the archive has everything that the backup needs (level 1 of a verification). Reads all of the backup's file lists.
     *
     * @throws CoordinatorException as {@link #plan}; {@link ErrorCode#OBJECT_MISSING} and {@link ErrorCode#OBJECT_DAMAGED} when
     *     the archive lacks something
     */
    public void check(RestoreChoice choice) {
        Manifest manifest = new Catalog(archive).find(choice.backupId());
        planStores(manifest, choice);
        new BackupCheck(archive, manifest, store -> selection(store, choice)).run();
        fastForward.requireNoForeignFence();
    }

    /**
     * Plans a restore; looks at the targets and asks the oracle, but not for the objects of the backup. Reads its file lists when
     * some of the tables are wanted.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP}, {@link ErrorCode#MANIFEST_INVALID},
     *     {@link ErrorCode#UNKNOWN_TABLE} when the backup has not got a table,
     *     {@link ErrorCode#STORE_NOT_EMPTY} when a target holds data that is not to be replaced,
     *     {@link ErrorCode#STORE_IN_USE} when it is served, {@link ErrorCode#STORE_UNSUPPORTED} when stores or nodes of the backup
     *     and of the configuration differ, {@link ErrorCode#DISK_FULL} when a target has too little room,
     *     {@link ErrorCode#FENCE_CONFLICT} when another operation fences the oracle
     */
    public RestorePlan plan(RestoreChoice choice) {
        Manifest manifest = new Catalog(archive).find(choice.backupId());
        fastForward.requireNoForeignFence();
        List<NodePlan> nodes = planStores(manifest, choice);
        BackupList backups = new Catalog(archive).list();
        Map<String, Long> inputs = new TreeMap<>(fastForward.inputs(backups));
        inputs.put(FAST_FORWARD_OF_BACKUP, manifest.fastForwardTimestamp());
        long target = choice.targetTimestamp();
        boolean isAtBackup = target == manifest.backupTimestamp();
        return new RestorePlan(
                archive.namespace(),
                manifest.backupId(),
                manifest.backupTimestamp(),
                target,
                isAtBackup ? manifest.immutableTimestamp() : backups.firstStartOfCommitsAbove(target),
                manifest.earliestRestorableTimestamp(),
                manifest.timeAtBackupTimestamp(),
                FastForwardTarget.greatest(inputs),
                inputs,
                nodes,
                RestoreOperation.stepNames(),
                manifest.cut().isDegraded(),
                choice.existingData(),
                choice.tables(),
                "known after the files are loaded: the transactions table is part of them",
                Stream.of(
                                choice.notes().stream(),
                                backups.damaged().stream().map(RestorePlanner::note),
                                stores.values().stream().flatMap(store -> store.otherClients().stream()))
                        .flatMap(notes -> notes)
                        .toList());
    }

    private List<NodePlan> planStores(Manifest manifest, RestoreChoice choice) {
        List<NodePlan> nodes = new ArrayList<>();
        requireSame("stores", names(manifest), new TreeSet<>(stores.keySet()));
        new TableChoice(choice.tables()).requireKnown(manifest);
        for (String name : stores.keySet()) { // in their order, if they have one
            StoreBackup store = manifest.store(name);
            List<NodeDescription> backedUp = new ArrayList<>(store.nodes().stream()
                    .map(node -> new NodeDescription(new NodeId(node.node()), true, node.tokenRanges()))
                    .toList());
            backedUp.addAll(nodesWithoutSnapshot(manifest, store.name()));
            nodes.addAll(planStore(store, backedUp, choice));
        }
        return nodes;
    }

    private TableSelection selection(StoreBackup store, RestoreChoice choice) {
        return new TableChoice(choice.tables()).of(store, stores.get(store.name()));
    }

    private static String note(DamagedManifest damaged) {
        return "the fast-forward timestamp of backup '" + damaged.backupId() + "' is not counted: " + damaged.message();
    }

    private List<NodePlan> planStore(StoreBackup store, List<NodeDescription> backedUp, RestoreChoice choice) {
        StoreConnector connector = stores.get(store.name());
        TableSelection selection = selection(store, choice);
        List<Placement> placements = connector.place(backedUp, selection.schema());
        List<StoreNode> targets = connector.targetNodes();
        targets.stream()
                .filter(node -> !node.isEmptyFor(NOBODY))
                .findFirst()
                .ifPresent(node -> requireReplaceable(store.name(), node, connector, choice.existingData()));
        List<NodePlan> nodes = new ArrayList<>();
        for (Placement placement : placements) {
            NodePlan node = planNode(store, placement, new FileSelection(selection.pathPrefixes()));
            requireSpace(node, targets);
            nodes.add(node);
        }
        return nodes;
    }

    private NodePlan planNode(StoreBackup store, Placement placement, FileSelection selection) {
        long files = 0;
        long bytes = 0;
        for (NodeBackup source : store.nodes()) {
            if (placement.sources().contains(source.node())) {
                FileSelection.Size size = selection.size(archive, source);
                files += size.files();
                bytes += size.bytes();
            }
        }
        return new NodePlan(
                store.name(), placement.target().id(), placement.sources(), placement.arePathsPrefixed(), files, bytes);
    }

    private static void requireReplaceable(
            String store, StoreNode node, StoreConnector connector, ExistingData existingData) {
        if (existingData == ExistingData.REFUSE) {
            throw new CoordinatorException(
                    ErrorCode.STORE_NOT_EMPTY,
                    "node '" + node.id() + "' of store '" + store + "' holds data (expected: an empty target)",
                    "Move the store's directory away, configure an empty one, or restore with --replace-existing, which keeps"
                            + " the data as a safety copy for 'tidemark undo'.");
        }
        try (StoreCluster cluster = connector.connect()) {
            cluster.transactionTable();
        } catch (KeyValueStoreException e) {
            if (e.code() == ErrorCode.STORE_IN_USE || e.code() == ErrorCode.RESTORE_INCOMPLETE) {
                throw e;
            }
            // A store that is damaged is a reason to replace it.
        }
    }

    private static void requireSpace(NodePlan node, List<StoreNode> targets) {
        long usable = targets.stream()
                .filter(target -> target.id().id().equals(node.node()))
                .mapToLong(StoreNode::usableBytes)
                .findFirst()
                .orElseThrow();
        if (node.bytes() > usable) {
            throw new CoordinatorException(
                    ErrorCode.DISK_FULL,
                    "node '" + node.node() + "' of store '" + node.store() + "' has " + usable
                            + " bytes free (expected: at least " + node.bytes() + ", what the backup holds for it)",
                    "Free space on the node's disk, or configure a directory on a larger one.");
        }
    }

    /** A node of which a degraded backup has no snapshot begins empty and gets its data by the repair. */
    private static List<NodeDescription> nodesWithoutSnapshot(Manifest manifest, String store) {
        return manifest.cut().missingNodes().stream()
                .map(name -> name.split("/", 2))
                .filter(parts -> parts[0].equals(store))
                .map(parts -> new NodeDescription(new NodeId(parts[1]), false, List.of()))
                .toList();
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
