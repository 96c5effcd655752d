package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Schema, coordination and topology of a keyspace, as a real cluster tells and takes them. */
class CassandraSchemaIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    @TempDir
    static java.nio.file.Path scratch;

    private static CassandraSession session;

    private String keyspace;

    @BeforeAll
    static void connect() {
        session = CassandraSession.open(
                CqlSettings.of(
                        List.of(CASSANDRA.servers().nodes().get(0).cql()),
                        CASSANDRA.servers().localDatacenter()),
                Sleeper.system());
    }

    @AfterAll
    static void disconnect() {
        session.close();
    }

    @BeforeEach
    void createKeyspace() {
        keyspace = CASSANDRA.servers().newKeyspaceName();
        execute("CREATE KEYSPACE " + quoted(keyspace)
                + " WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': '1'}");
    }

    @Test
    void create_afterTheKeyspaceIsGone_setsUpTheSame() {
        CassandraSchema schema = fill();
        Map<String, String> saved = schema.read();
        execute("DROP KEYSPACE " + quoted(keyspace));
        assertThat(schema.exists()).isFalse();

        schema.create(saved, Map.of());
        schema.create(saved, Map.of());

        assertThat(schema.read()).isEqualTo(saved);
        assertThat(saved.values()).anyMatch(text -> text.contains("COMPACT STORAGE"));
        assertThat(saved.values())
                .anyMatch(text -> text.contains(TableLayout.idOf(keyspace, TableName.of("_transactions"))
                        .toString()));
        assertThat(schema.shortestGcGrace()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void create_inAnotherKeyspaceWithAnotherReplication_setsUpTheSameBesideIt() {
        Map<String, String> saved = fill().read();
        String other = CASSANDRA.servers().newKeyspaceName();
        CassandraSchema schema = new CassandraSchema(session, other);

        schema.create(saved, Map.of("class", "SimpleStrategy", "replication_factor", "1"));

        assertThat(schema.differences(saved)).isEmpty();
        assertThat(CassandraSchema.replicationOf(schema.read())).containsEntry("replication_factor", "1");
        assertThat(new CassandraSchema(session, keyspace).read()).isEqualTo(saved);
    }

    @Test
    void create_tableWithOtherColumnsIsThere_isRefusedAndChangesNothing() {
        Map<String, String> saved = fill().read();
        execute("DROP TABLE " + quoted(keyspace) + ".\"accounts\"");
        execute("CREATE TABLE " + quoted(keyspace) + ".\"accounts\" (id int PRIMARY KEY)");
        execute("DROP TABLE " + quoted(keyspace) + ".\"people\"");
        CassandraSchema schema = new CassandraSchema(session, keyspace);

        assertThatThrownBy(() -> schema.create(saved, Map.of()))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNSUPPORTED);
                    assertThat(e.getMessage()).contains("accounts is 'id int PRIMARY KEY'");
                });

        assertThat(schema.read().keySet()).noneMatch(key -> key.contains("people"));
    }

    @Test
    void topology_ofOneNode_hasTheWholeRing() {
        CassandraTopology topology = CassandraTopology.read(session, keyspace);

        assertThat(topology.replicationFactor()).isEqualTo(1);
        assertThat(topology.writeQuorum()).isEqualTo(1);
        assertThat(topology.nodes().values()).singleElement().satisfies(node -> {
            assertThat(node.isUp()).isTrue();
            assertThat(node.tokenRanges()).hasSameSizeAs(node.tokens());
        });
    }

    @Test
    void coordination_written_isReadBack() {
        TransactionsSchemaMap schemas = new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 5_000L, 2, 9_000L, 3)));
        CassandraCoordination coordination = new CassandraCoordination(session, keyspace);
        assertFails(ErrorCode.STORE_UNSUPPORTED, coordination::read);

        coordination.initialise(schemas, TableStorage.COMPACT);
        coordination.initialise(TransactionsSchemaMap.always(1), TableStorage.COMPACT);

        assertThat(coordination.read()).isEqualTo(new CassandraCoordination.Decision(schemas, Long.MAX_VALUE));
    }

    /** H12: the decision in the restored table is older than entries in other nodes' snapshots. */
    @Test
    void coordination_olderThanTheBackup_isWrittenForward() {
        CassandraCoordination coordination = new CassandraCoordination(session, keyspace);
        CassandraCoordination.Decision old = new CassandraCoordination.Decision(TransactionsSchemaMap.always(1), 5_000);
        writeAsAtlasDb(coordination, old);
        TransactionsSchemaMap schemas = new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 5_001L, 3)));
        CassandraCoordination.Decision saved = new CassandraCoordination.Decision(schemas, 10_000);

        coordination.adopt(saved);
        coordination.adopt(saved);

        assertThat(coordination.read()).isEqualTo(saved);
        assertFails(
                ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                () -> coordination.adopt(new CassandraCoordination.Decision(TransactionsSchemaMap.always(2), 10_000)));
        assertThat(coordination.read()).isEqualTo(saved);
    }

    /** H13: nobody guesses. */
    @Test
    void coordination_unknownVersion_isRefused() {
        CassandraCoordination coordination = new CassandraCoordination(session, keyspace);
        coordination.initialise(TransactionsSchemaMap.always(1), TableStorage.COMPACT);
        execute("UPDATE " + quoted(keyspace) + ".\"_coordination\" SET value = 0x7b2276657273696f6e223a327d"
                + " WHERE key = 0x6d AND column1 = 0x01 AND column2 = -1 IF EXISTS");

        assertFails(ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA, coordination::read);
    }

    private void writeAsAtlasDb(CassandraCoordination coordination, CassandraCoordination.Decision decision) {
        coordination.initialise(decision.schemas(), TableStorage.COMPACT);
        execute("UPDATE " + quoted(keyspace) + ".\"_coordination\" SET value = textAsBlob('{\"sequence\":1,\"bound\":"
                + decision.bound() + "}') WHERE key = 0x6d AND column1 = 0x00 AND column2 = -1 IF EXISTS");
    }

    private CassandraSchema fill() {
        CassandraCells cells =
                new CassandraCells(session, keyspace, TransactionsSchemaMap.always(3), TableStorage.COMPACT, scratch);
        for (String table : List.of("_transactions", "_transactions2", "accounts", "bank__Transfers")) {
            cells.createTable(TableName.of(table));
        }
        execute("CREATE TYPE " + quoted(keyspace) + ".\"Address\" (street text, number int)");
        execute("CREATE TABLE " + quoted(keyspace)
                + ".\"people\" (id int PRIMARY KEY, name text, home frozen<\"Address\">) WITH gc_grace_seconds = 7200");
        execute("CREATE INDEX people_by_name ON " + quoted(keyspace) + ".\"people\" (name)");
        return new CassandraSchema(session, keyspace);
    }

    private static void assertFails(ErrorCode code, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private static void execute(String cql) {
        session.execute("set up a test", SimpleStatement.newInstance(cql));
    }

    private static String quoted(String name) {
        return '"' + name + '"';
    }
}
