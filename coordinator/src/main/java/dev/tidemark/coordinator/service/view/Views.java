package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.CachedCatalog;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.engine.Upkeep;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.retention.Holds;
import dev.tidemark.coordinator.runbook.RunbookPublisher;
import dev.tidemark.coordinator.verify.MarkedBackups;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/** Reads what is shown. Thread-safe. */
public final class Views {
    private final Archive archive;
    private final Coordinator coordinator;
    private final Set<String> namespaces;
    private final CachedCatalog catalog;
    private final InstantSource clock;

    /**
     * Creates the views.
     *
     * @param namespaces the configured ones
     * @param catalog what was read of their manifests
     */
    public Views(
            Archive archive,
            Coordinator coordinator,
            Set<String> namespaces,
            CachedCatalog catalog,
            InstantSource clock) {
        this.archive = archive;
        this.coordinator = coordinator;
        this.namespaces = new TreeSet<>(namespaces);
        this.catalog = catalog;
        this.clock = clock;
    }

    /** Returns the configured namespaces that are wanted, ordered; what is wrong with one does not hide the others. */
    public List<NamespaceView> namespaces(Predicate<String> wanted) {
        return namespaces(wanted, namespace -> Optional.empty());
    }

    /**
     * As {@link #namespaces(Predicate)}.
     *
     * @param recent what was read of a namespace before, if that is recent enough
     */
    public List<NamespaceView> namespaces(Predicate<String> wanted, Function<String, Optional<NamespaceView>> recent) {
        return namespaces.stream()
                .filter(wanted)
                .map(namespace -> recent.apply(namespace).orElseGet(() -> view(namespace)))
                .toList();
    }

    /**
     * Returns a namespace.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when it is not configured
     */
    public NamespaceView namespace(String namespace) {
        Upkeep.requireConfigured(namespace, namespaces);
        return view(namespace);
    }

    /**
     * Returns the backups of a namespace, newest first; none when it was never backed up.
     *
     * @throws CoordinatorException as {@link #namespace}
     */
    public List<BackupView> backups(String namespace) {
        return list(namespace).backups().stream().map(BackupView::of).toList();
    }

    /** Returns the damage that is known of some backups of a namespace, by their ids. */
    public Map<String, String> damage(String namespace, List<BackupView> backups) {
        return backups.isEmpty()
                ? Map.of()
                : new MarkedBackups(archive.namespace(namespace))
                        .find(backups.stream().map(BackupView::backup).toList());
    }

    /**
     * Returns a backup.
     *
     * @param backup its id, or {@link Catalog#LATEST}
     * @throws CoordinatorException as {@link #namespace} and {@link Catalog#find}
     */
    public BackupDetail backup(String namespace, String backup) {
        Upkeep.requireConfigured(namespace, namespaces);
        if (!isBackedUp(namespace)) {
            throw new CoordinatorException(
                    ErrorCode.UNKNOWN_BACKUP, "namespace '" + namespace + "' has no backup", "Take one first.");
        }
        NamespaceArchive opened = archive.namespace(namespace);
        Manifest manifest = new Catalog(opened).find(backup);
        List<HoldView> holds = holds(namespace).stream()
                .filter(hold -> hold.backup().equals(manifest.backupId()))
                .toList();
        return BackupDetail.read(opened, manifest, holds);
    }

    /**
     * Forgets what was read of the manifests of a namespace, and reads all of them again.
     *
     * @return how many backups there are
     * @throws CoordinatorException as {@link #namespace}
     */
    public int rebuild(String namespace) {
        catalog.forget(namespace);
        return list(namespace).backups().size();
    }

    /**
     * Returns how to restore a backup.
     *
     * @param backup its id, or {@link Catalog#LATEST}
     * @throws CoordinatorException as {@link Coordinator#runbook}
     */
    public RunbookPublisher.Shown runbook(String namespace, String backup) {
        return coordinator.runbook(namespace, backup);
    }

    /**
     * Returns the holds of a namespace, also those that have run out.
     *
     * @throws CoordinatorException as {@link #namespace}
     */
    public List<HoldView> holds(String namespace) {
        Upkeep.requireConfigured(namespace, namespaces);
        Instant now = clock.instant();
        return isBackedUp(namespace)
                ? new Holds(archive.namespace(namespace))
                        .list().stream().map(hold -> HoldView.of(hold, now)).toList()
                : List.of();
    }

    /**
     * Returns the journals of a namespace's operations, newest first.
     *
     * @throws CoordinatorException as {@link #namespace}
     */
    public List<OperationSummary> operations(String namespace) {
        Upkeep.requireConfigured(namespace, namespaces);
        return coordinator.operations(namespace);
    }

    private NamespaceView view(String namespace) {
        try {
            BackupList list = list(namespace);
            return new NamespaceView(
                    namespace,
                    list.backups().size(),
                    list.newest().map(BackupView::of).orElse(null),
                    list.damaged().stream().map(DamagedManifest::backupId).toList(),
                    coordinator.findUnfinished(namespace).orElse(null),
                    null);
        } catch (CoordinatorException e) {
            return new NamespaceView(namespace, 0, null, List.of(), null, e.getMessage());
        }
    }

    /**
     * Returns the backups of a namespace, newest first, and the manifests that can't be believed; as {@link #backups}.
     *
     * @throws CoordinatorException as {@link #namespace}
     */
    public BackupList list(String namespace) {
        Upkeep.requireConfigured(namespace, namespaces);
        return isBackedUp(namespace)
                ? catalog.list(archive.namespace(namespace))
                : new BackupList(List.of(), List.of());
    }

    private boolean isBackedUp(String namespace) {
        return archive.hasNamespace(namespace);
    }
}
