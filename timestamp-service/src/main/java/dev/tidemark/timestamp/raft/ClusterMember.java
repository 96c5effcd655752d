package dev.tidemark.timestamp.raft;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's part in the cluster: its data directory, and the server that runs on it. Thread-safe.
 *
 * <p>A directory without data never votes: the cluster might have counted on what was there. It is refused, or joins; only
 * {@link #create} makes one that begins a cluster, under a number of its own, which no other server takes for theirs.
 */
final class ClusterMember implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);

    private final RaftSettings settings;
    private final DirectoryLock lock;
    private final UUID cluster;
    private final AtomicReference<TimestampException> failure = new AtomicReference<>();

    /** Null until it runs. */
    private volatile RaftNode node;

    private ClusterMember(RaftSettings settings, DirectoryLock lock, UUID cluster) {
        this.settings = settings;
        this.lock = lock;
        this.cluster = cluster;
    }

    /** Makes an empty directory that of the first server of a new cluster. */
    static void create(RaftSettings settings, UUID cluster) {
        Path directory = settings.directory();
        try {
            Files.createDirectories(directory);
            DirectoryLock lock = DirectoryLock.acquire(directory.toRealPath());
            try {
                if (hasData(directory)) {
                    throw new TimestampException(
                            ErrorCode.NOT_ALLOWED_NOW,
                            "data directory '" + directory + "' is not empty",
                            "Start the server; or, if its timestamps are of no use any more, move the directory away.");
                }
                new ServerIdentity(cluster, settings.id(), ServerIdentity.Stage.FOUNDER).write(directory);
            } finally {
                lock.release();
            }
        } catch (IOException e) {
            throw RaftErrors.translate("create", directory, e);
        }
    }

    /** Starts the server on its directory. */
    static ClusterMember start(RaftSettings settings, RaftSeams seams) {
        Path directory = settings.directory();
        Membership membership = new Membership(settings, seams.clock(), seams.sleeper());
        DirectoryLock lock = null;
        ClusterMember member = null;
        boolean isStarted = false;
        try {
            Files.createDirectories(directory);
            lock = DirectoryLock.acquire(directory.toRealPath());
            ServerIdentity identity = identity(settings, membership);
            member = new ClusterMember(settings, lock, identity.cluster());
            member.start(identity, membership);
            isStarted = true;
            return member;
        } catch (IOException e) {
            throw RaftErrors.translate("start the server on", directory, e);
        } finally {
            if (!isStarted) {
                release(member, lock);
            }
        }
    }

    UUID cluster() {
        return cluster;
    }

    /**
     * Throws the reason why this server can't go on.
     *
     * @throws TimestampException {@link ErrorCode#DISK_FULL} or another one
     */
    void checkWorks() {
        TimestampException reason = failure.get();
        if (reason != null) {
            throw new TimestampException(reason.code(), reason.getMessage(), reason.hint(), reason);
        }
    }

    @Override
    public void close() {
        try {
            if (node != null) {
                node.close();
            }
        } catch (IOException e) {
            throw RaftErrors.translate("close", settings.directory(), e);
        } finally {
            try {
                lock.release();
            } catch (IOException e) {
                LOG.warn("the lock of '{}' goes with this process: {}", settings.directory(), e.getMessage());
            }
        }
    }

    private static ServerIdentity identity(RaftSettings settings, Membership membership) throws IOException {
        Path directory = settings.directory();
        Optional<ServerIdentity> known = ServerIdentity.read(directory);
        if (known.isPresent()) {
            if (!known.get().id().equals(settings.id())) {
                throw RaftErrors.invalid(
                        "data directory '" + directory + "' belongs to server '"
                                + known.get().id() + "', not to '" + settings.id() + "'",
                        "Correct the keys 'directory' and 'id' of the store.");
            }
            return known.get();
        }
        if (hasData(directory)) {
            throw RaftErrors.damaged(directory, "it has data, and no file 'server'", null);
        }
        if (settings.start() != RaftSettings.Start.JOIN) {
            throw RaftErrors.invalid(
                    "data directory '" + directory + "' is empty, so this server has no part in a cluster",
                    "Mount the right directory; or set 'join: true' to have the other servers take it in; or, for the"
                            + " first server of a new cluster, run 'tidemark timestamp create-cluster'.");
        }
        UUID cluster = membership.findCluster();
        membership.leave(cluster);
        ServerIdentity joining = new ServerIdentity(cluster, settings.id(), ServerIdentity.Stage.JOINING);
        joining.write(directory);
        return joining;
    }

    private void start(ServerIdentity identity, Membership membership) throws IOException {
        Path directory = settings.directory();
        Path group = new RaftFiles(directory).group(cluster);
        StoredLog log = StoredLog.check(group, Watermark.read(directory));
        boolean isEmpty = log.lastIndex() < 0;
        if (isEmpty && identity.stage() == ServerIdentity.Stage.MEMBER) {
            throw RaftErrors.damaged(group, "the log is gone", null);
        }
        boolean isFirstStart = isEmpty && identity.stage() == ServerIdentity.Stage.FOUNDER;
        node = RaftNode.start(settings, cluster, isFirstStart, this::fail);
        if (identity.stage() == ServerIdentity.Stage.JOINING) {
            membership.join(cluster);
            membership.awaitMember(node);
        } else if (!node.isMember()) {
            throw RaftErrors.invalid(
                    "server '" + settings.id() + "' is not a member of its cluster any more",
                    "Remove it for good; or move its data directory away and set 'join: true'.");
        }
        if (identity.stage() != ServerIdentity.Stage.MEMBER) {
            membership.awaitEntry(node);
            identity.asMember().write(directory);
        }
    }

    /** Ends this server for a reason; is called on a thread of Ratis, which must not wait for that. */
    void fail(Throwable cause) {
        TimestampException reason = cause instanceof TimestampException known
                ? known
                : RaftErrors.translate("write", settings.directory(), cause);
        if (failure.compareAndSet(null, reason)) {
            LOG.error("this server can't go on: {}", reason.getMessage());
            Thread closing = new Thread(this::closeNode, "raft-failure");
            closing.setDaemon(true);
            closing.start();
        }
    }

    private void closeNode() {
        RaftNode running = node;
        if (running != null) {
            try {
                running.close();
            } catch (IOException e) {
                LOG.warn("the server that failed was not closed: {}", e.getMessage());
            }
        }
    }

    private static boolean hasData(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .anyMatch(name -> !name.equals("lock") && !name.equals("holder") && !name.equals("lost+found"));
        }
    }

    private static void release(ClusterMember member, DirectoryLock lock) {
        if (member != null) {
            member.close();
        } else if (lock != null) {
            try {
                lock.release();
            } catch (IOException e) {
                LOG.warn("a lock goes with this process: {}", e.getMessage());
            }
        }
    }
}
