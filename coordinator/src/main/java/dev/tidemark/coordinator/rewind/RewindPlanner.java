package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.catalog.TimeIndex;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.restore.FastForwardTarget;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.restore.StoreCleaner;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.timestamp.TimestampClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Works out a rewind: looks at the stores, the oracle and the catalog, and changes nothing. */
public final class RewindPlanner {
    private static final String OF_EXTERNAL_BACKUP = "fast-forward timestamp of the external backup";

    private final NamespaceArchive archive;
    private final TimestampClient oracles;
    private final Map<String, StoreConnector> stores;
    private final FastForwardTarget fastForward;
    private final ParallelWork work;
    private final InstantSource clock;

    /** Creates a planner for a namespace. */
    public RewindPlanner(
            NamespaceArchive archive,
            TimestampClient oracles,
            Map<String, StoreConnector> stores,
            Operations operations,
            ParallelWork work,
            InstantSource clock) {
        this.archive = archive;
        this.oracles = oracles;
        this.stores = stores;
        this.work = work;
        this.clock = clock;
        this.fastForward = new FastForwardTarget(oracles, archive.namespace(), operations);
    }

    /**
     * Returns the timestamp that a request means: for a time, that of the last point of the time index at or before it.
     *
     * @throws CoordinatorException {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when the time is in the future, or before the first
     *     point
     */
    public RewindTarget.Moment resolve(RestorePoint point) {
        if (point instanceof RestorePoint.Timestamp known) {
            return new RewindTarget.Moment(known.timestamp(), List.of());
        }
        Instant asked = ((RestorePoint.Time) point).instant();
        Instant now = clock.instant();
        if (asked.isAfter(now)) {
            throw outOfRange(asked + " is in the future (expected: at most " + now + ")", "Choose an earlier time.");
        }
        TimePoint found = TimeIndex.ofArchive(archive)
                .with(oracles.namespace(archive.namespace()).timeIndex())
                .atOrBefore(asked);
        return new RewindTarget.Moment(found.timestamp(), List.of(RestorePoint.noteOf(asked, found)));
    }

    /**
     * Plans a rewind.
     *
     * @throws CoordinatorException {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when the timestamp is in the future, or garbage
     *     collection has passed it; {@link ErrorCode#FENCE_CONFLICT} when another operation fences the oracle;
     *     {@link ErrorCode#STORE_IN_USE} when a process serves a store and does not let others change it
     */
    public RewindPlan plan(RewindTarget wanted) {
        fastForward.requireNoForeignFence();
        BackupList backups = new Catalog(archive).list();
        Map<String, Long> inputs = fastForward.inputs(backups);
        if (wanted instanceof RewindTarget.External external) {
            inputs.put(OF_EXTERNAL_BACKUP, external.backup().fastForwardTimestamp());
        } else {
            oracles.namespace(archive.namespace()); // a rewind needs the live oracle, and never creates one
            requireInThePast(wanted.timestamp(), inputs.get(FastForwardTarget.OF_ORACLE));
        }
        Map<String, StoreCluster> clusters = new TreeMap<>();
        try {
            stores.forEach((name, connector) -> clusters.put(name, connector.connect()));
            return plan(wanted, clusters, backups, inputs);
        } finally {
            clusters.values().forEach(StoreCluster::close);
        }
    }

    private static void requireInThePast(long target, long last) {
        if (last != 0 && target >= last) {
            throw outOfRange(
                    "timestamp " + target + " is in the future (expected: less than " + last
                            + ", the last one that was issued)",
                    "Choose an earlier moment.");
        }
    }

    private RewindPlan plan(
            RewindTarget wanted, Map<String, StoreCluster> clusters, BackupList backups, Map<String, Long> inputs) {
        long target = wanted.timestamp();
        List<String> nodes = new ArrayList<>();
        long earliest = 0;
        for (Map.Entry<String, StoreCluster> store : clusters.entrySet()) {
            store.getValue().transactionTable(); // refuses a store that a process serves for itself alone
            StoreDescription description = store.getValue().describe();
            earliest = Math.max(earliest, description.earliestReadableTimestamp());
            description.nodes().forEach(node -> nodes.add(named(store.getKey(), node)));
        }
        if (wanted instanceof RewindTarget.Moment && target < earliest) {
            String reason = earliest == StoreDescription.NOT_RECORDED
                    ? "a store does not record how far its garbage collection has got"
                    : "garbage collection has passed it (expected: at least " + earliest + ")";
            throw outOfRange(
                    "timestamp " + target + " can't be reached by a rewind: " + reason,
                    "Choose a later moment, or restore a backup with --at; 'tidemark backups' shows how far back each one"
                            + " reaches.");
        }
        long firstStart = wanted instanceof RewindTarget.External external
                ? external.backup().immutableTimestamp()
                : backups.firstStartOfCommitsAbove(target);
        long fastForwardTarget = FastForwardTarget.greatest(inputs);
        TimestampRange starts = new TimestampRange(firstStart, Math.max(firstStart, fastForwardTarget));
        return new RewindPlan(
                archive.namespace(),
                target,
                firstStart,
                earliest,
                new StoreCleaner(clusters, target, starts, work)
                        .count().values().stream().mapToLong(Long::longValue).sum(),
                fastForwardTarget,
                inputs,
                nodes,
                wanted instanceof RewindTarget.External external
                        ? StoreBackup.schemasOf(external.backup().schemas())
                        : List.of(),
                wanted instanceof RewindTarget.External external
                        ? external.backup().schemasBound()
                        : 0,
                wanted instanceof RewindTarget.External external && external.isEveryTableRepaired(),
                notes(wanted),
                RewindOperation.stepNames());
    }

    private List<String> notes(RewindTarget wanted) {
        List<String> notes = new ArrayList<>();
        if (wanted instanceof RewindTarget.Moment moment) {
            notes.addAll(moment.notes());
        }
        stores.values().forEach(store -> notes.addAll(store.otherClients()));
        return notes;
    }

    /** A node that missed the rewind would bring its entries back. */
    private static String named(String store, StoreDescription.NodeDescription node) {
        String name = store + "/" + node.id().id();
        if (!node.isUp()) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "node '" + name + "' is down (expected: every node up)",
                    "Bring the node back, then rewind.");
        }
        return name;
    }

    private static CoordinatorException outOfRange(String message, String hint) {
        return new CoordinatorException(ErrorCode.TIMESTAMP_OUT_OF_RANGE, message, hint);
    }
}
