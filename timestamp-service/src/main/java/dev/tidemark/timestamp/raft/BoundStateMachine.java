package dev.tidemark.timestamp.raft;

import dev.tidemark.timestamp.TimestampException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the log of Ratis to this server's replica, one entry after the other; one that is missing stops the server. Ratis calls it
 * from one thread.
 *
 * <p>It answers no questions outside of the log ({@code query} is not implemented).
 */
final class BoundStateMachine extends BaseStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(BoundStateMachine.class);

    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final Watermark watermark;
    private final Consumer<Throwable> onFailure;
    private ReplicatedBounds bounds = ReplicatedBounds.empty();

    /**
     * Creates a machine.
     *
     * @param onFailure is told why this server's log or replica can't go on
     */
    BoundStateMachine(Watermark watermark, Consumer<Throwable> onFailure) {
        this.watermark = watermark;
        this.onFailure = onFailure;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage) throws IOException {
        getLifeCycle().startAndTransition(() -> {
            super.initialize(server, group, raftStorage);
            storage.init(raftStorage);
            load(storage.getLatestSnapshot());
        });
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    /** Takes over a snapshot that the leader has sent. */
    @Override
    public void reinitialize() throws IOException {
        try {
            load(storage.loadLatestSnapshot());
        } catch (TimestampException e) {
            onFailure.accept(e);
            throw e;
        }
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
    }

    private void load(SingleFileSnapshotInfo snapshot) throws IOException {
        if (snapshot == null) {
            return;
        }
        SnapshotFile file = SnapshotFile.read(snapshot.getFile().getPath());
        bounds = file.bounds();
        setLastAppliedTermIndex(file.place());
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex place = getLastAppliedTermIndex();
        Path file = storage.getSnapshotFile(place.getTerm(), place.getIndex()).toPath();
        try {
            new SnapshotFile(place, bounds).write(file);
        } catch (IOException e) {
            onFailure.accept(e);
            throw e;
        }
        File written = file.toFile();
        FileInfo info = new FileInfo(file, MD5FileUtil.computeAndSaveMd5ForFile(written));
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(info, place));
        return place.getIndex();
    }

    /** Refuses what is no command before it gets into the log. */
    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        TransactionContext transaction = super.startTransaction(request);
        try {
            Request.decode(request.getMessage().getContent().toByteArray());
        } catch (IllegalArgumentException e) {
            transaction.setException(new IOException(e.getMessage(), e));
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        try {
            Request request =
                    Request.decode(entry.getStateMachineLogEntry().getLogData().toByteArray());
            advance(entry.getTerm(), entry.getIndex());
            byte[] answer = bounds.apply(entry.getIndex(), request);
            return CompletableFuture.completedFuture(Message.valueOf(ByteString.copyFrom(answer)));
        } catch (RuntimeException e) {
            // Ratis stops the server on what is thrown here, which is right: another replica may have applied it.
            onFailure.accept(e);
            throw e;
        }
    }

    /** Is told of the entries that are not for this machine. */
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        try {
            advance(term, index);
        } catch (RuntimeException e) {
            onFailure.accept(e);
            throw e;
        }
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        LOG.error("the log can't be written any more: {}", cause.toString());
        onFailure.accept(cause);
    }

    private void advance(long term, long index) {
        long last = getLastAppliedTermIndex().getIndex();
        if (index != last + 1) {
            throw new IllegalStateException("entry of the log: " + index + " (expected: " + (last + 1) + ")");
        }
        updateLastAppliedTermIndex(term, index);
        try {
            long forced =
                    getServer().join().getDivision(getGroupId()).getRaftLog().getFlushIndex();
            watermark.raise(Math.min(index, forced));
        } catch (IOException e) {
            throw new IllegalStateException("the watermark can't be written: " + e.getMessage(), e);
        }
    }
}
