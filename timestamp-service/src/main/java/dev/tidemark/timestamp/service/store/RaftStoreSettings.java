package dev.tidemark.timestamp.service.store;

import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.raft.RaftBoundStore;
import dev.tidemark.timestamp.raft.RaftSeams;
import dev.tidemark.timestamp.raft.RaftServerAddress;
import dev.tidemark.timestamp.raft.RaftSettings;
import dev.tidemark.timestamp.raft.RaftTimes;
import dev.tidemark.timestamp.raft.RaftTls;
import io.dropwizard.util.Duration;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A cluster of the timestamp servers themselves. A null stands for the default.
 *
 * @param directory this server's data, on a local file system; one process at a time
 * @param id which of the peers this server is
 * @param peers all servers of the cluster, this one included
 * @param bindHost the interface on which it listens for the others; default that of its address
 * @param join whether it asks the others to take it in when its directory is empty; default no
 * @param timeout how long a command waits for its answer; default 5 s
 * @param startTimeout how long the start waits for a majority; default 60 s
 * @param electionTimeout silence after which the log's leader is replaced, at least; default 500 ms
 * @param tls the certificates by which the servers know each other; default none, and plain connections
 */
public record RaftStoreSettings(
        @NotNull Path directory,
        @NotNull String id,
        @NotNull List<RaftServerAddress> peers,
        String bindHost,
        Boolean join,
        Duration timeout,
        Duration startTimeout,
        Duration electionTimeout,
        RaftTls tls)
        implements BoundStoreSettings {
    /** Checks what is there. */
    public RaftStoreSettings {
        if (directory != null && id != null && peers != null) {
            settings(directory, id, peers, bindHost, join, times(timeout, startTimeout, electionTimeout), tls);
        }
    }

    @Override
    public BoundStore open() {
        return RaftBoundStore.open(settings(), RaftSeams.system());
    }

    /**
     * Begins a cluster with this server; see {@link RaftBoundStore#createCluster}.
     *
     * @param cluster a random number
     */
    public void createCluster(UUID cluster) {
        RaftBoundStore.createCluster(settings(), cluster);
    }

    private RaftSettings settings() {
        return settings(directory, id, peers, bindHost, join, times(timeout, startTimeout, electionTimeout), tls);
    }

    private static RaftSettings settings(
            Path directory,
            String id,
            List<RaftServerAddress> servers,
            String bindHost,
            Boolean join,
            RaftTimes times,
            RaftTls tls) {
        return new RaftSettings(
                directory,
                id,
                servers,
                Optional.ofNullable(bindHost).orElse(""),
                Boolean.TRUE.equals(join) ? RaftSettings.Start.JOIN : RaftSettings.Start.WITH_DATA,
                times,
                tls);
    }

    private static RaftTimes times(Duration timeout, Duration startTimeout, Duration electionTimeout) {
        return new RaftTimes(
                or(timeout, RaftTimes.DEFAULT.command()),
                or(startTimeout, RaftTimes.DEFAULT.start()),
                or(electionTimeout, RaftTimes.DEFAULT.election()));
    }

    private static java.time.Duration or(Duration value, java.time.Duration other) {
        return value == null ? other : value.toJavaDuration();
    }
}
