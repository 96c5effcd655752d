package dev.tidemark.coordinator.agent.task;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.agent.protocol.TaskRequest;
import dev.tidemark.coordinator.agent.protocol.TaskState;
import dev.tidemark.coordinator.agent.protocol.TaskStatus.ErrorDetail;
import dev.tidemark.coordinator.agent.throttle.CopyThrottle;
import dev.tidemark.coordinator.agent.throttle.ThrottledNode;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.node.FileSelection;
import dev.tidemark.coordinator.node.NodeRestorer;
import dev.tidemark.coordinator.node.NodeSnapshot;
import dev.tidemark.coordinator.node.SnapshotUploader;
import dev.tidemark.coordinator.node.StagedSource;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.node.SnapshotTag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what tasks ask for, on the agent's node. Thread-safe. */
public final class TaskRunner {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);

    /** Longest wait for what a task replaces; that ends at its next read or file. */
    private static final Duration PREDECESSOR_LIMIT = Duration.ofMinutes(5);

    private final ServedNode served;
    private final AgentArchive archive;
    private final CopyThrottle throttle;
    private final ParallelWork work;

    /**
     * Creates a runner.
     *
     * @param work how many files are copied or staged at a time
     */
    public TaskRunner(ServedNode served, AgentArchive archive, CopyThrottle throttle, ParallelWork work) {
        this.served = served;
        this.archive = archive;
        this.throttle = throttle;
        this.work = work;
    }

    /** Does a task, and records in it how it ended; never throws. */
    void run(Task task) {
        try {
            awaitPredecessors(task);
            dispatch(task);
            task.end(TaskState.SUCCEEDED, null);
        } catch (RuntimeException | Error e) {
            TaskState state = task.isCancelled() ? TaskState.CANCELLED : TaskState.FAILED;
            ErrorDetail detail = detail(e);
            if (detail.code().equals(ErrorCode.INTERNAL.name())) {
                LOG.error("task '{}' failed", task.id(), e);
            } else {
                LOG.info("task '{}' {}: {}", task.id(), state, detail.message());
            }
            task.end(state, detail);
        }
    }

    static ErrorDetail detail(Throwable failure) {
        if (failure instanceof TidemarkException known) {
            return new ErrorDetail(known.code().name(), known.getMessage(), known.hint());
        }
        return new ErrorDetail(
                ErrorCode.INTERNAL.name(), "internal error of the agent", "Look into the log of the agent.");
    }

    private static void awaitPredecessors(Task task) {
        try {
            for (Task predecessor : task.predecessors()) {
                if (!predecessor.awaitEnd(PREDECESSOR_LIMIT)) {
                    throw new CoordinatorException(
                            ErrorCode.OPERATION_IN_PROGRESS,
                            "task '" + predecessor.id() + "' has not ended after " + PREDECESSOR_LIMIT.toSeconds()
                                    + " s",
                            "Look into the log of the agent, and try again.");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(ErrorCode.INTERRUPTED, "interrupted while another task was to end", "", e);
        }
    }

    private void dispatch(Task task) {
        TaskRequest request = task.request();
        if (request instanceof TaskRequest.Copy copy) {
            copy(task, copy);
        } else if (request instanceof TaskRequest.Stage stage) {
            stage(task, stage);
        } else if (request instanceof TaskRequest.Measure measure) {
            measure(task, measure);
        } else if (request instanceof TaskRequest.Change change) {
            change(change);
        } else if (request instanceof TaskRequest.Snapshot snapshot) {
            served.node().snapshot(new SnapshotTag(snapshot.tag()));
        } else if (request instanceof TaskRequest.Drop drop) {
            served.node().drop(new SnapshotTag(drop.tag()));
        } else if (request instanceof TaskRequest.Repair repair) {
            served.cassandra()
                    .repair(repair.tables().stream().map(TableName::of).collect(Collectors.toSet()));
        } else {
            served.cassandra().cleanup();
        }
    }

    private void measure(Task task, TaskRequest.Measure request) {
        NodeSnapshot snapshot = NodeSnapshot.measure(served.node(), new SnapshotTag(request.tag()));
        task.expect(snapshot.bytes(), snapshot.files());
    }

    private void copy(Task task, TaskRequest.Copy request) {
        if (!request.from().node().equals(served.node().id().id())) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "the copy is for node '" + request.from().node() + "' (expected: '"
                            + served.node().id() + "', which this agent serves)",
                    "Correct the addresses of the agents in the coordinator's configuration.");
        }
        NamespaceArchive namespace = archive.namespace(
                request.operation().archiveId(), request.operation().namespace());
        SnapshotUploader uploader = SnapshotUploader.besideOthers(namespace, work, task::note);
        NodeSnapshot snapshot = NodeSnapshot.measure(
                new ThrottledNode(served.node(), throttle, task::requireNotCancelled), new SnapshotTag(request.tag()));
        task.expect(snapshot.bytes(), snapshot.files());
        task.saved(uploader.upload(snapshot, request.from(), request.previous(), task::saved, (bytes, files) -> {
            task.requireNotCancelled();
            task.reached(bytes, files);
        }));
    }

    private void stage(Task task, TaskRequest.Stage request) {
        NamespaceArchive namespace = archive.namespace(request.archiveId(), request.namespace());
        StoreBackup store = namespace.manifests().read(request.backupId()).store(request.store());
        List<StagedSource> sources = new ArrayList<>();
        for (TaskRequest.Source source : request.sources()) {
            sources.add(new StagedSource(
                    find(store, source.node()), source.pathPrefix(), new FileSelection(source.onlyPaths())));
        }
        List<FileSelection.Size> sizes = sources.stream()
                .map(source -> source.files().size(namespace, source.node()))
                .toList();
        task.expect(
                sizes.stream().mapToLong(FileSelection.Size::bytes).sum(),
                sizes.stream().mapToLong(FileSelection.Size::files).sum());
        new NodeRestorer(namespace, work).stage(served.node(), request.restore(), sources, (bytes, files) -> {
            task.requireNotCancelled();
            task.reached(bytes, files);
        });
    }

    private static NodeBackup find(StoreBackup store, String node) {
        return store.nodes().stream()
                .filter(candidate -> candidate.node().equals(node))
                .findFirst()
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.INVALID_INPUT,
                        "the backup has no node '" + node + "' of store '" + store.name() + "'",
                        "Plan the restore again."));
    }

    private void change(TaskRequest.Change request) {
        switch (request.change()) {
            case LOAD -> served.node().load(request.restore());
            case COMPLETE_RESTORE -> served.node().completeRestore(request.restore());
            case DISCARD_STAGING -> served.node().discardStaging(request.restore());
            case SET_ASIDE -> served.node().setAside(request.restore());
            case ADOPT -> served.node().adopt(request.restore());
            case BRING_BACK -> served.node().bringBack(request.restore(), request.safetyCopy());
            case GIVE_BACK -> served.node().giveBack(request.restore());
            case DROP_SAFETY_COPY -> served.node().dropSafetyCopy(request.restore(), request.safetyCopy());
            case KEEP -> served.cassandra().keep(request.restore(), request.safetyCopy());
            case BEGIN_EMPTYING -> served.cassandra().beginEmptying(request.restore());
            case BEGIN_RETURNING -> served.cassandra().beginReturning(request.restore());
            case EMPTY_TABLES -> served.cassandra().emptyTables(request.restore());
        }
    }
}
