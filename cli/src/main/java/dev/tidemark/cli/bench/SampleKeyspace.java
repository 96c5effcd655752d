package dev.tidemark.cli.bench;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.cli.output.CliException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.cql.CassandraCells;
import dev.tidemark.kvs.cassandra.cql.CassandraCoordination;
import dev.tidemark.kvs.cassandra.cql.CassandraSchema;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CassandraTransactionTable;
import dev.tidemark.kvs.cassandra.cql.TableStorage;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A keyspace with AtlasDB's tables, one copy of each cell, that a benchmark makes and drops. */
final class SampleKeyspace implements AutoCloseable {
    private static final Duration DROP_TIMEOUT = Duration.ofMinutes(2);

    private final CassandraSession session;
    private final CqlSession bare;
    private final String name;
    private final TransactionsSchemaMap schemas;
    private final CassandraCells cells;

    private SampleKeyspace(
            CassandraSession session, CqlSession bare, String name, TransactionsSchemaMap schemas, Path scratch) {
        this.session = session;
        this.bare = bare;
        this.name = name;
        this.schemas = schemas;
        this.cells = new CassandraCells(session, name, schemas, TableStorage.COMPACT, scratch);
    }

    /**
     * Makes sure that there are no keyspaces of these names.
     *
     * @throws CliException {@link ErrorCode#NOT_ALLOWED_NOW} when there is one
     */
    static void requireNone(CassandraTarget target, List<String> names, Sleeper sleeper) {
        try (CassandraSession session = CassandraSession.open(target.cql(), sleeper)) {
            for (String name : names) {
                if (new CassandraSchema(session, name).exists()) {
                    throw new CliException(
                            ErrorCode.NOT_ALLOWED_NOW,
                            "the cluster has a keyspace '" + name + "' (expected: none of this name)",
                            "Drop it when it is what an interrupted benchmark has left.");
                }
            }
        }
    }

    /** Creates the keyspace, which must not exist. */
    static SampleKeyspace create(CassandraTarget target, String name, int schema, Path scratch, Sleeper sleeper) {
        CassandraSession session = CassandraSession.open(target.cql(), sleeper);
        try {
            CassandraSchema keyspace = new CassandraSchema(session, name);
            SampleKeyspace sample = new SampleKeyspace(
                    session, target.bareSession(), name, TransactionsSchemaMap.always(schema), scratch);
            keyspace.createKeyspace(Map.of(target.datacenter(), 1));
            sample.createTables();
            return sample;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private void createTables() {
        cells.createTable(CassandraCoordination.TABLE);
        new CassandraCoordination(session, name).adopt(new CassandraCoordination.Decision(schemas, Long.MAX_VALUE));
        new StoreMetadata(cells).initialise(schemas);
        new CellTransactionTable(cells, schemas).createTables();
    }

    /** Makes the node leave the files of a table as they are. */
    void stopCompaction(TableName table) {
        bare.execute("ALTER TABLE \"" + name + "\".\"" + table
                + "\" WITH compaction = {'class': 'LeveledCompactionStrategy', 'enabled': 'false'}");
    }

    String name() {
        return name;
    }

    CassandraCells cells() {
        return cells;
    }

    CqlSession bare() {
        return bare;
    }

    CassandraTransactionTable transactionTable() {
        return CassandraTransactionTable.ofAllReplicas(session, name, schemas);
    }

    @Override
    public void close() {
        try {
            bare.execute(SimpleStatement.newInstance("DROP KEYSPACE IF EXISTS \"" + name + "\"")
                    .setTimeout(DROP_TIMEOUT));
        } finally {
            bare.close();
            session.close();
        }
    }
}
