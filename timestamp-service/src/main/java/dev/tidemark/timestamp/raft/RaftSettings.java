package dev.tidemark.timestamp.raft;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * One server of a cluster.
 *
 * @param directory its data directory, on a local file system; one process at a time
 * @param id which of {@code servers} it is
 * @param servers all servers of the cluster, 1..9
 * @param bindHost the interface on which it listens for the others; empty for that of its address
 * @param start what it does without data
 * @param times how long it waits
 * @param tls null for plain connections
 */
public record RaftSettings(
        Path directory,
        String id,
        List<RaftServerAddress> servers,
        String bindHost,
        Start start,
        RaftTimes times,
        RaftTls tls) {
    private static final int MAX_SERVERS = 9;

    /** What a server does whose data directory is empty. */
    public enum Start {
        /** It refuses to start: the directory may have been lost. */
        WITH_DATA,
        /** It asks the other servers to let it join, without a vote until it has what they have. */
        JOIN
    }

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public RaftSettings {
        Objects.requireNonNull(directory, "directory");
        servers = List.copyOf(servers);
        if (servers.isEmpty() || servers.size() > MAX_SERVERS) {
            throw new IllegalArgumentException("peers: " + servers.size() + " (expected: 1.." + MAX_SERVERS + ")");
        }
        if (servers.stream().map(RaftServerAddress::id).distinct().count() < servers.size()
                || servers.stream().map(RaftServerAddress::address).distinct().count() < servers.size()) {
            throw new IllegalArgumentException("peers: " + servers + " (expected: different ids and addresses)");
        }
        if (servers.stream().noneMatch(server -> server.id().equals(id))) {
            throw new IllegalArgumentException("id: '" + id + "' (expected: one of "
                    + servers.stream().map(RaftServerAddress::id).collect(Collectors.joining(", ")) + ")");
        }
    }

    RaftServerAddress self() {
        return servers.stream()
                .filter(server -> server.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    RaftPeerId peerId() {
        return RaftPeerId.valueOf(id);
    }

    List<RaftPeer> peers() {
        return servers.stream().map(RaftSettings::peer).toList();
    }

    static RaftPeer peer(RaftServerAddress server) {
        return RaftPeer.newBuilder()
                .setId(server.id())
                .setAddress(server.address())
                .build();
    }

    /** Returns what Ratis needs besides its properties. */
    Parameters parameters() {
        Parameters parameters = new Parameters();
        Optional.ofNullable(tls).ifPresent(known -> GrpcConfigKeys.TLS.setConf(parameters, known.toConfiguration()));
        return parameters;
    }
}
