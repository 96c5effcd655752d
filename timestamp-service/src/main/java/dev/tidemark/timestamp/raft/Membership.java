package dev.tidemark.timestamp.raft;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.GroupInfoReply;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server without data becomes a member: the servers that have the log take it in. It has no vote until it has caught up, so it
 * can't help to elect a leader that lacks what was committed.
 *
 * <p>A server that has lost its data is first taken out: the others still count it as one that has acknowledged their entries. All
 * changes are made by Ratis' leader, with the consent of a majority of the members before and after.
 */
final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** A member that is added gets the log first. */
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(10);

    /** Only to be asked which cluster there is. */
    private static final UUID ANY_CLUSTER = new UUID(0, 1);

    private final RaftSettings settings;
    private final MonotonicClock clock;
    private final Sleeper sleeper;

    Membership(RaftSettings settings, MonotonicClock clock, Sleeper sleeper) {
        this.settings = settings;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** Returns the cluster that the other servers are in. */
    UUID findCluster() {
        try (RaftClient client = ClusterClient.raftClient(settings, ANY_CLUSTER, CHANGE_TIMEOUT)) {
            return repeat("found no cluster", () -> onlyCluster(client));
        } catch (IOException e) {
            throw RaftErrors.unavailable("cannot close the connections to the cluster", e);
        }
    }

    /** Takes this server out of the cluster, if it is in. */
    void leave(UUID cluster) {
        changeMembers(cluster, "cannot take out this server, which has lost its data,", members -> {
            Optional<RaftPeer> former = find(members);
            if (former.isEmpty()) {
                return Optional.empty();
            }
            if (!former.get().getAddress().equals(settings.self().address())) {
                throw RaftErrors.invalid(
                        "server '" + settings.id() + "' of the cluster is at "
                                + former.get().getAddress() + ", not at "
                                + settings.self().address(),
                        "Give this server an id that no other server has.");
            }
            List<RaftPeer> others = without(members, Set.of(settings.id()));
            if (others.isEmpty()) {
                throw RaftErrors.invalid(
                        "this server was the cluster's only one, and its data is gone",
                        "Follow docs/timestamp-raft.rst for the loss of all servers.");
            }
            LOG.warn("server '{}' has lost its data and leaves the cluster to join it anew", settings.id());
            return Optional.of(others);
        });
    }

    /** Has this server, which runs, taken into the cluster, in place of one that is not in its settings. */
    void join(UUID cluster) {
        changeMembers(cluster, "cannot join the cluster", members -> {
            if (find(members).isPresent()) {
                return Optional.empty();
            }
            Set<String> wanted =
                    settings.servers().stream().map(RaftServerAddress::id).collect(Collectors.toSet());
            Set<String> replaced = members.stream()
                    .map(member -> member.getId().toString())
                    .filter(id -> !wanted.contains(id))
                    .collect(Collectors.toSet());
            if (replaced.size() > 1) {
                throw RaftErrors.invalid(
                        "servers " + replaced + " of the cluster are not in this server's settings",
                        "List the servers that stay; one server replaces at most one other.");
            }
            List<RaftPeer> next = new ArrayList<>(without(members, replaced));
            next.add(RaftSettings.peer(settings.self()));
            LOG.info("server '{}' joins the cluster of {}, without {}", settings.id(), members, replaced);
            return Optional.of(next);
        });
    }

    /** Waits until this server has learnt that it is a member. */
    void awaitMember(RaftNode node) {
        repeat(
                "was not told that this server is a member",
                () -> node.isMember() ? Optional.of(true) : Optional.empty());
    }

    /** Waits until this server has something on its medium. */
    void awaitEntry(RaftNode node) {
        repeat("was not given the log", () -> node.hasEntry() ? Optional.of(true) : Optional.empty());
    }

    private Optional<UUID> onlyCluster(RaftClient client) throws IOException {
        Set<UUID> found = new HashSet<>();
        IOException failure = null;
        for (RaftServerAddress server : settings.servers()) {
            if (!server.id().equals(settings.id())) {
                try {
                    client.getGroupManagementApi(RaftSettings.peer(server).getId())
                            .list()
                            .getGroupIds()
                            .forEach(id -> found.add(id.getUuid()));
                } catch (IOException | StatusRuntimeException e) {
                    failure = new IOException(server.id() + ": " + e.getMessage(), e);
                }
            }
        }
        if (found.size() > 1) {
            throw RaftErrors.invalid(
                    "the other servers are in different clusters: " + found,
                    "List the servers of one cluster, the one whose timestamps are in use.");
        }
        if (found.isEmpty() && failure != null) {
            throw failure;
        }
        return found.stream().findFirst();
    }

    private void changeMembers(UUID cluster, String failing, Change change) {
        try (RaftClient client = ClusterClient.raftClient(settings, cluster, CHANGE_TIMEOUT)) {
            repeat(failing, () -> {
                Optional<List<RaftPeer>> members = membersOfLeader(client, cluster);
                if (members.isEmpty()) {
                    return Optional.empty();
                }
                Optional<List<RaftPeer>> next = change.apply(members.get());
                if (next.isEmpty()) {
                    return Optional.of(true);
                }
                SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                        .setServersInCurrentConf(members.get())
                        .setServersInNewConf(next.get())
                        .build();
                RaftClientReply reply = client.admin().setConfiguration(arguments);
                return reply.isSuccess() ? Optional.of(true) : Optional.empty();
            });
        } catch (IOException e) {
            throw RaftErrors.unavailable("cannot close the connections to the cluster", e);
        }
    }

    /** Returns the members as the leader knows them; a change fails when they are others by then. */
    private Optional<List<RaftPeer>> membersOfLeader(RaftClient client, UUID cluster) throws IOException {
        IOException failure = null;
        for (RaftServerAddress server : settings.servers()) {
            if (server.id().equals(settings.id())) {
                continue;
            }
            try {
                GroupInfoReply info = client.getGroupManagementApi(
                                RaftSettings.peer(server).getId())
                        .info(RaftGroupId.valueOf(cluster));
                if (info.getRoleInfoProto().getRole() == RaftPeerRole.LEADER
                        && info.getConf().isPresent()) {
                    return Optional.of(info.getConf().get().getPeersList().stream()
                            .map(Membership::peer)
                            .toList());
                }
            } catch (IOException | StatusRuntimeException e) {
                failure = new IOException(server.id() + ": " + e.getMessage(), e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return Optional.empty();
    }

    private Optional<RaftPeer> find(List<RaftPeer> members) {
        return members.stream()
                .filter(member -> member.getId().equals(settings.peerId()))
                .findFirst();
    }

    private static List<RaftPeer> without(List<RaftPeer> members, Set<String> ids) {
        return members.stream()
                .filter(member -> !ids.contains(member.getId().toString()))
                .toList();
    }

    private static RaftPeer peer(RaftPeerProto proto) {
        return RaftPeer.newBuilder()
                .setId(proto.getId())
                .setAddress(proto.getAddress())
                .build();
    }

    /** Tries until there is a result, or the time for starting is over. */
    private <T> T repeat(String failing, Attempt<T> attempt) {
        long began = clock.nanoTime();
        while (true) {
            IOException failure = null;
            try {
                Optional<T> result = attempt.run();
                if (result.isPresent()) {
                    return result.get();
                }
            } catch (IOException e) {
                failure = e;
            } catch (StatusRuntimeException e) {
                failure = new IOException(e.getMessage(), e);
            }
            if (clock.nanoTime() - began > settings.times().start().toNanos()) {
                throw RaftErrors.unavailable(
                        "server '" + settings.id() + "' " + failing + " within "
                                + settings.times().start()
                                + (failure == null ? "" : ": " + failure.getMessage()),
                        failure);
            }
            pause();
        }
    }

    private void pause() {
        try {
            sleeper.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimestampException(
                    ErrorCode.INTERRUPTED, "the start was interrupted", "Start the server again.", e);
        }
    }

    /** What becomes of the members; nothing if they may stay as they are. */
    @FunctionalInterface
    private interface Change {
        Optional<List<RaftPeer>> apply(List<RaftPeer> members);
    }

    @FunctionalInterface
    private interface Attempt<T> {
        Optional<T> run() throws IOException;
    }
}
