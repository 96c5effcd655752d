package dev.tidemark.timestamp.raft;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** This process's server of Ratis: it votes, keeps a copy of the log, and applies it. Thread-safe. */
final class RaftNode implements AutoCloseable {
    /** After so many entries there is a new snapshot, and the log before it is deleted. */
    private static final long ENTRIES_PER_SNAPSHOT = 20_000;

    private static final int SNAPSHOTS_KEPT = 2;
    private static final SizeInBytes SEGMENT = SizeInBytes.valueOf("4MB");

    private final RaftServer server;
    private final RaftGroupId group;
    private final Watermark watermark;

    private RaftNode(RaftServer server, RaftGroupId group, Watermark watermark) {
        this.server = server;
        this.group = group;
        this.watermark = watermark;
    }

    /**
     * Starts it.
     *
     * @param isFirstStart whether this is the first start of the cluster's first server, which votes for itself
     * @param onFailure is told why it can't go on, on one of Ratis' threads
     */
    static RaftNode start(RaftSettings settings, UUID cluster, boolean isFirstStart, Consumer<Throwable> onFailure)
            throws IOException {
        RaftFiles files = new RaftFiles(settings.directory());
        RaftGroupId id = RaftGroupId.valueOf(cluster);
        // Without members it waits for a leader to name them; those of later starts are in its files.
        RaftGroup group = isFirstStart
                ? RaftGroup.valueOf(id, RaftSettings.peer(settings.self()))
                : RaftGroup.valueOf(id, List.of());
        Watermark watermark = Watermark.open(settings.directory());
        RaftServer server = null;
        boolean isStarted = false;
        try {
            server = RaftServer.newBuilder()
                    .setServerId(settings.peerId())
                    .setGroup(group)
                    .setOption(RaftStorage.StartupOption.RECOVER)
                    .setStateMachineRegistry(any -> new BoundStateMachine(watermark, onFailure))
                    .setProperties(properties(settings, files))
                    .setParameters(settings.parameters())
                    .build();
            server.start();
            isStarted = true;
            return new RaftNode(server, id, watermark);
        } catch (CompletionException e) {
            throw new IOException(e.getCause() == null ? e : e.getCause());
        } finally {
            if (!isStarted) {
                watermark.close();
                if (server != null) {
                    server.close();
                }
            }
        }
    }

    /** Tells whether this server is a member as far as it knows itself. */
    boolean isMember() throws IOException {
        return server.getDivision(group).getRaftConf().getPeer(server.getId(), RaftPeerRole.FOLLOWER) != null;
    }

    /** Tells whether this server has any entry on its medium. */
    boolean hasEntry() throws IOException {
        return server.getDivision(group).getRaftLog().getFlushIndex() >= 0;
    }

    @Override
    public void close() throws IOException {
        try {
            server.close();
        } finally {
            watermark.close();
        }
    }

    private static RaftProperties properties(RaftSettings settings, RaftFiles files) {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
        String host = settings.bindHost().isEmpty() ? settings.self().host() : settings.bindHost();
        GrpcConfigKeys.Server.setHost(properties, host);
        GrpcConfigKeys.Server.setPort(properties, settings.self().port());
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(files.log().toAbsolutePath().toFile()));

        long election = settings.times().election().toMillis();
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, milliseconds(election));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, milliseconds(2 * election));
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, milliseconds(6 * election));
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.valueOf(10, TimeUnit.SECONDS));
        // A process that was stopped for long goes on where it was; whether it leads is not for its clock to say.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(10_000, TimeUnit.DAYS));

        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SEGMENT);
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SEGMENT);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(
                properties, SizeInBytes.valueOf(RaftFiles.MAX_ENTRY_BYTES));
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, ENTRIES_PER_SNAPSHOT);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, SNAPSHOTS_KEPT);
        return properties;
    }

    private static TimeDuration milliseconds(long value) {
        return TimeDuration.valueOf(value, TimeUnit.MILLISECONDS);
    }
}
