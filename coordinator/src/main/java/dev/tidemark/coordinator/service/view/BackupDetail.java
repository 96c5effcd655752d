package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.catalog.Annotations;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.verify.MarkedBackups;
import dev.tidemark.kvs.ErrorCode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything about one backup but its files. What can't be read of certificate and annotations keeps nobody from looking at the rest.
 *
 * @param summary as in lists
 * @param formatVersion of its manifest
 * @param archive id of the archive
 * @param createdBy with which software it was taken
 * @param immutableTimestamp immutable timestamp under the hold
 * @param parentBackup the backup before it, for reporting only; empty for the first
 * @param digest digest of the state that it holds; empty when none was computed
 * @param cut how its cut was made
 * @param stores its stores
 * @param damage what is known to be damaged of it, or null
 * @param certificate its certificate, or null
 * @param certificateProblem why its certificate can't be believed; empty when it can, or there is none
 * @param holds the holds on it
 * @param annotations what people have noted about it
 * @param annotationsProblem why the annotations can't be read; empty when they can
 */
public record BackupDetail(
        BackupView summary,
        int formatVersion,
        String archive,
        String createdBy,
        long immutableTimestamp,
        String parentBackup,
        String digest,
        CutView cut,
        List<StoreDetail> stores,
        String damage,
        CertificateView certificate,
        String certificateProblem,
        List<HoldView> holds,
        Map<String, String> annotations,
        String annotationsProblem) {
    /** Copies the collections. */
    public BackupDetail {
        stores = List.copyOf(stores);
        holds = List.copyOf(holds);
        annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
    }

    /**
     * Reads what there is about a backup.
     *
     * @param holds the holds on it
     * @throws CoordinatorException of the archive
     */
    public static BackupDetail read(NamespaceArchive archive, Manifest manifest, List<HoldView> holds) {
        String id = manifest.backupId();
        CertificateView certificate = null;
        String certificateProblem = "";
        try {
            certificate =
                    archive.certificateCheck().find(id).map(CertificateView::of).orElse(null);
        } catch (CoordinatorException e) {
            certificateProblem = damage(e);
        }
        Map<String, String> annotations = Map.of();
        String annotationsProblem = "";
        try {
            annotations = new Annotations(archive).of(id);
        } catch (CoordinatorException e) {
            annotationsProblem = damage(e);
        }
        return new BackupDetail(
                BackupView.of(BackupSummary.of(manifest)),
                manifest.formatVersion(),
                manifest.archiveId(),
                manifest.createdBy(),
                manifest.immutableTimestamp(),
                manifest.parentBackupId(),
                manifest.digest(),
                CutView.of(manifest.cut()),
                manifest.stores().stream().map(StoreDetail::of).toList(),
                new MarkedBackups(archive).find(List.of(id)).get(id),
                certificate,
                certificateProblem,
                holds,
                annotations,
                annotationsProblem);
    }

    private static String damage(CoordinatorException failure) {
        if (failure.code() != ErrorCode.OBJECT_DAMAGED && failure.code() != ErrorCode.UNKNOWN_FORMAT_VERSION) {
            throw failure;
        }
        return failure.getMessage();
    }

    /**
     * A store of a backup.
     *
     * @param store its name
     * @param type of the store, as {@code rocksdb}
     * @param version of the store's software
     * @param replicationFactor copies of each cell
     * @param writeQuorum copies that a write waited for
     * @param tables names of all tables
     * @param earliestRestorableTimestamp the lowest timestamp to which the restored store can be cleaned
     * @param nodes the nodes that are in the backup
     * @param content what is of each of them
     */
    public record StoreDetail(
            String store,
            String type,
            String version,
            int replicationFactor,
            int writeQuorum,
            List<String> tables,
            long earliestRestorableTimestamp,
            List<String> nodes,
            List<NodeContent> content) {
        private static StoreDetail of(StoreBackup store) {
            return new StoreDetail(
                    store.name(),
                    store.type(),
                    store.version(),
                    store.replicationFactor(),
                    store.writeQuorum(),
                    store.tables(),
                    store.earliestRestorableTimestamp(),
                    store.nodes().stream().map(node -> node.node()).toList(),
                    store.nodes().stream()
                            .map(node -> new NodeContent(node.node(), node.files(), node.bytes()))
                            .toList());
        }
    }

    /**
     * What is of one node.
     *
     * @param node its name
     * @param files number of files
     * @param bytes their bytes
     */
    public record NodeContent(String node, long files, long bytes) {}
}
