package dev.tidemark.timestamp.service.store;

import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.cassandra.CassandraBoundSettings;
import dev.tidemark.timestamp.cassandra.CassandraBoundStore;
import io.dropwizard.util.Duration;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.util.List;
import java.util.Map;

/**
 * A keyspace of a Cassandra cluster. A null stands for the default.
 *
 * @param contactPoints {@code host:port} of one or more nodes; the others are learnt from them
 * @param localDatacenter the data center whose nodes are asked
 * @param keyspace for this oracle alone, 1 to 48 of {@code A-Z a-z 0-9 _}
 * @param replication copies by data center of a keyspace that is created when it is missing; default: it must be there
 * @param user role of the cluster; default: without authentication
 * @param password its password, never printed
 * @param tls how connections are encrypted; default: not at all
 * @param requestTimeout how long one request may take, 1 ms..30 min, and less than half of the leader's lease; default 750 ms
 * @param serialLocal whether the replicas of the local data center alone agree on changes; default no
 * @param allowSingleReplica whether one copy is enough; default no
 */
public record CassandraStoreSettings(
        @NotEmpty List<String> contactPoints,
        @NotBlank String localDatacenter,
        @NotBlank String keyspace,
        Map<String, Integer> replication,
        String user,
        String password,
        CassandraTlsSettings tls,
        Duration requestTimeout,
        Boolean serialLocal,
        Boolean allowSingleReplica)
        implements BoundStoreSettings {
    /**
     * Sets the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public CassandraStoreSettings {
        contactPoints = contactPoints == null ? List.of() : List.copyOf(contactPoints);
        replication = replication == null ? Map.of() : Map.copyOf(replication);
        requestTimeout = requestTimeout == null ? Duration.milliseconds(750) : requestTimeout;
        serialLocal = serialLocal != null && serialLocal;
        allowSingleReplica = allowSingleReplica != null && allowSingleReplica;
        CassandraAccess.check(contactPoints, user, password, requestTimeout);
        CassandraAccess.checkKeyspace(keyspace);
        replication.forEach((datacenter, copies) -> {
            if (copies < 1 || datacenter.contains("'")) {
                throw new IllegalArgumentException("replication: " + copies + " copies in '" + datacenter
                        + "' (expected: 1 or more in a data center)");
            }
        });
    }

    @Override
    public BoundStore open() {
        return CassandraBoundStore.open(settings(), Sleeper.system());
    }

    /** A change is sent and then read again. */
    @Override
    public java.time.Duration longestWait() {
        return requestTimeout.toJavaDuration().multipliedBy(2);
    }

    /** Returns what the store takes. */
    CassandraBoundSettings settings() {
        return new CassandraBoundSettings(
                CassandraAccess.settings(contactPoints, localDatacenter, user, password, tls, requestTimeout),
                keyspace,
                replication,
                serialLocal,
                allowSingleReplica);
    }

    @Override
    public String toString() {
        return "CassandraStoreSettings[contactPoints=" + contactPoints + ", localDatacenter=" + localDatacenter
                + ", keyspace=" + keyspace + ", replication=" + replication + ", user=" + user + ", tls=" + tls
                + ", requestTimeout=" + requestTimeout + ", serialLocal=" + serialLocal + ", allowSingleReplica="
                + allowSingleReplica + "]";
    }
}
