package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.node.NodeRestorer;
import dev.tidemark.coordinator.node.StagedSource;
import dev.tidemark.coordinator.operation.Operation.Transition;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.coordinator.restore.RestorePlan.NodePlan;
import dev.tidemark.kvs.node.RestoreId;
import java.util.List;

/** Brings the files of a backup to the nodes and verifies them there, node by node; no live data is touched. */
final class StageStep {
    private final NamespaceArchive archive;
    private final ParallelWork work;
    private final RestoreTargets targets;

    StageStep(NamespaceArchive archive, ParallelWork work, RestoreTargets targets) {
        this.archive = archive;
        this.work = work;
        this.targets = targets;
    }

    /** Stages what is not staged yet, and records each node that is. */
    Transition<RestoreState> run(RestoreState state, StepContext<RestoreState> context) {
        Manifest manifest = new Catalog(archive).find(state.plan().backupId());
        RestoreId restore = new RestoreId(context.operationId(), context.epoch());
        RestoreState current = state;
        long totalBytes = state.plan().bytes();
        NodeRestorer restorer = new NodeRestorer(archive, work);
        long doneBytes = 0;
        long doneFiles = 0;
        for (NodePlan node : state.plan().nodes()) {
            long bytesBefore = doneBytes;
            long filesBefore = doneFiles;
            if (!current.stagedNodes().contains(node.name())) {
                context.ensureHeld();
                restorer.stage(
                        targets.node(node.store(), node.node()), restore, sources(node, manifest), (bytes, files) -> {
                            context.ensureHeld();
                            context.progress(bytesBefore + bytes, totalBytes, filesBefore + files);
                        });
                current = current.staged(node.name());
                context.save(current);
            }
            doneBytes += node.bytes();
            doneFiles += node.files();
        }
        return Transition.next(current);
    }

    private static List<StagedSource> sources(NodePlan node, Manifest manifest) {
        return manifest.store(node.store()).nodes().stream()
                .filter(source -> node.sources().contains(source.node()))
                .map(source -> new StagedSource(source, node.arePathsPrefixed() ? source.node() + "/" : ""))
                .toList();
    }
}
