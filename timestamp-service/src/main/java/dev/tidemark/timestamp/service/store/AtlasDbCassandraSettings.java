package dev.tidemark.timestamp.service.store;

import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.cassandra.CassandraForeignBound;
import dev.tidemark.timestamp.migration.ForeignBound;
import io.dropwizard.util.Duration;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.util.List;

/**
 * The keyspace that AtlasDB has in Cassandra. A null stands for the default.
 *
 * @param contactPoints as in {@link CassandraStoreSettings}, like the keys that follow
 * @param localDatacenter the data center whose nodes are asked
 * @param keyspace AtlasDB's, which is that of the namespace
 * @param user default: without authentication
 * @param password not printed
 * @param tls default: connections are not encrypted
 * @param requestTimeout 1 ms..30 min; default 30 s
 */
public record AtlasDbCassandraSettings(
        @NotEmpty List<String> contactPoints,
        @NotBlank String localDatacenter,
        @NotBlank String keyspace,
        String user,
        String password,
        CassandraTlsSettings tls,
        Duration requestTimeout)
        implements ForeignBoundSettings {
    /**
     * Sets the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public AtlasDbCassandraSettings {
        contactPoints = contactPoints == null ? List.of() : List.copyOf(contactPoints);
        requestTimeout = requestTimeout == null ? Duration.seconds(30) : requestTimeout;
        CassandraAccess.check(contactPoints, user, password, requestTimeout);
        CassandraAccess.checkKeyspace(keyspace);
    }

    @Override
    public ForeignBound open() {
        return CassandraForeignBound.open(
                CassandraAccess.settings(contactPoints, localDatacenter, user, password, tls, requestTimeout),
                keyspace,
                Sleeper.system());
    }

    @Override
    public String toString() {
        return "AtlasDbCassandraSettings[contactPoints=" + contactPoints + ", localDatacenter=" + localDatacenter
                + ", keyspace=" + keyspace + ", user=" + user + ", tls=" + tls + ", requestTimeout=" + requestTimeout
                + "]";
    }
}
