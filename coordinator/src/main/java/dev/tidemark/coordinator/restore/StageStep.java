package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.node.FileSelection;
import dev.tidemark.coordinator.node.NodeWorkers;
import dev.tidemark.coordinator.node.OperationEpoch;
import dev.tidemark.coordinator.node.StageOrder;
import dev.tidemark.coordinator.node.StagedSource;
import dev.tidemark.coordinator.node.SummedProgress;
import dev.tidemark.coordinator.operation.Operation.Transition;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.coordinator.restore.RestorePlan.NodePlan;
import dev.tidemark.kvs.node.RestoreId;
import java.util.ArrayList;
import java.util.List;

/** Brings the files of a backup to the nodes and verifies them there; no live data is touched. */
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
        OperationEpoch epoch =
                new OperationEpoch(archive.archiveId(), archive.namespace(), context.operationId(), context.epoch());
        SummedProgress progress = new SummedProgress(context, state.plan().bytes());
        List<NodePlan> left = new ArrayList<>();
        for (NodePlan node : state.plan().nodes()) {
            if (state.stagedNodes().contains(node.name())) {
                progress.share(node.store(), node.node()).ended(node.bytes(), node.files());
            } else {
                left.add(node);
            }
        }
        NodeWorkers workers = new NodeWorkers(archive, epoch, work, context::note);
        workers.run(left, node -> targets.node(node.store(), node.node()), (node, worker) -> {
            context.ensureHeld();
            SummedProgress.Share share = progress.share(node.store(), node.node());
            worker.stage(order(node, state.plan(), manifest, context), share::reached);
            context.saveChange(current -> current.staged(node.name()));
        });
        RestoreState current = state;
        for (NodePlan node : left) {
            current = current.staged(node.name());
        }
        return Transition.next(current);
    }

    private StageOrder order(NodePlan node, RestorePlan plan, Manifest manifest, StepContext<?> context) {
        StoreBackup store = manifest.store(node.store());
        FileSelection files = new FileSelection(
                targets.selection(node.store(), plan.tableChoice(), store).pathPrefixes());
        List<StagedSource> sources = store.nodes().stream()
                .filter(source -> node.sources().contains(source.node()))
                .map(source -> new StagedSource(source, node.arePathsPrefixed() ? source.node() + "/" : "", files))
                .toList();
        RestoreId restore = new RestoreId(context.operationId(), context.epoch());
        return new StageOrder(restore, manifest.backupId(), node.store(), sources);
    }
}
