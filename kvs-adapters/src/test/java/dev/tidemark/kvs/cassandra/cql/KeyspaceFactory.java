package dev.tidemark.kvs.cassandra.cql;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A session with a cluster for tests, which makes keyspaces of the cluster and asks them anything. */
final class KeyspaceFactory implements AutoCloseable {
    private final CassandraServers servers;
    private final CassandraSession session;

    KeyspaceFactory(CassandraServers servers) {
        this(servers, Sleeper.system());
    }

    KeyspaceFactory(CassandraServers servers, Sleeper sleeper) {
        this.servers = servers;
        this.session = CassandraSession.open(settings(servers), sleeper);
    }

    static CqlSettings settings(CassandraServers servers) {
        return CqlSettings.of(servers.nodes().stream().map(CassandraServer::cql).toList(), servers.localDatacenter())
                .withRequestTimeout(Duration.ofSeconds(60));
    }

    CassandraSession session() {
        return session;
    }

    /** Creates a keyspace that has each cell on as many nodes as there are, at most three. */
    String create() {
        String keyspace = servers.newKeyspaceName();
        new CassandraSchema(session, keyspace)
                .createKeyspace(Map.of(
                        servers.localDatacenter(), Math.min(3, servers.nodes().size())));
        return keyspace;
    }

    CassandraCells cells(String keyspace, TransactionsSchemaMap schemas, TableStorage storage) {
        return new CassandraCells(session, keyspace, schemas, storage, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** Creates a keyspace with the transactions tables that the schemas need. */
    CqlSide createStore(TransactionsSchemaMap schemas, TableStorage storage) {
        String keyspace = create();
        CassandraCells cells = cells(keyspace, schemas, storage);
        new CellTransactionTable(cells, schemas).createTables();
        return new CqlSide(keyspace, cells, CassandraTransactionTable.ofAllReplicas(session, keyspace, schemas));
    }

    /** Changes the schema, on all nodes. */
    void change(String statement) {
        session.change("run '" + statement + "'", statement);
    }

    List<Row> cql(String statement, Object... values) {
        return session.execute("run '" + statement + "'", SimpleStatement.newInstance(statement, values))
                .all();
    }

    @Override
    public void close() {
        session.close();
    }
}
