package dev.tidemark.timestamp.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.time.Sleeper;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A keyspace with the tables of the bounds in a cluster for tests, and one connection for all stores that are opened over it. */
public final class BoundKeyspace implements AutoCloseable {
    private static final List<String> EMPTIED =
            List.of("bounds", "namespaces", "leader", "time_index", "time_index_days");

    private final CassandraBoundSettings settings;
    private final CassandraSession session;

    /** Creates the keyspace, with as many copies as there are nodes. */
    public BoundKeyspace(CassandraServers servers) {
        this(servers, Duration.ofSeconds(20));
    }

    BoundKeyspace(CassandraServers servers, Duration requestTimeout) {
        settings = new CassandraBoundSettings(
                cql(servers).withRequestTimeout(requestTimeout),
                servers.newKeyspaceName(),
                Map.of(servers.localDatacenter(), servers.nodes().size()),
                false,
                true);
        CassandraBoundStore.open(settings, Sleeper.system()).close();
        session = CassandraSession.openForSingleAttempts(settings.cql(), Sleeper.system());
    }

    static CqlSettings cql(CassandraServers servers) {
        return CqlSettings.of(servers.nodes().stream().map(CassandraServer::cql).toList(), servers.localDatacenter())
                .withRequestTimeout(Duration.ofSeconds(20));
    }

    CassandraBoundSettings settings() {
        return settings;
    }

    /** Returns settings with which the local data center alone agrees. */
    CassandraBoundSettings localSettings() {
        return new CassandraBoundSettings(settings.cql(), settings.keyspace(), settings.replication(), true, true);
    }

    CassandraSession session() {
        return session;
    }

    BoundStatements statements() {
        return new BoundStatements(session, settings);
    }

    /** Opens what another process sees. */
    public CassandraBoundStore open() {
        return new CassandraBoundStore(session, settings, () -> {});
    }

    /** Deletes all rows but the format's. */
    public void empty() {
        EMPTIED.forEach(table -> cql("TRUNCATE %s" + table));
    }

    /** Executes a statement, in which {@code %s} stands before the name of each table. */
    List<Row> cql(String statement, Object... values) {
        return session.execute(
                        "run '" + statement + "'",
                        SimpleStatement.newInstance(statement.replace("%s", '"' + settings.keyspace() + "\"."), values)
                                .setTimeout(Duration.ofMinutes(1)))
                .all();
    }

    @Override
    public void close() {
        session.close();
    }
}
