package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.ErrorCode.STORE_UNSUPPORTED;
import static dev.tidemark.kvs.ErrorCode.UNKNOWN_TABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.cql.CassandraSchema.TableIds;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CassandraSchemaIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static final TableName ACCOUNTS = TableName.of("accounts");
    private static KeyspaceFactory keyspaces;

    @BeforeAll
    static void connect() {
        keyspaces = new KeyspaceFactory(CASSANDRA.servers());
    }

    @AfterAll
    static void disconnect() {
        keyspaces.close();
    }

    @Test
    void create_whatWasRead_isTheSameAgain() {
        String keyspace = keyspaces.create();
        everything(keyspace);
        SortedMap<String, String> saved = schema(keyspace).read();
        keyspaces.change("DROP KEYSPACE \"%s\"".formatted(keyspace));

        assertThat(schema(keyspace).exists()).isFalse();
        assertThat(schema(keyspace).differences(saved))
                .hasSameSizeAs(saved.keySet())
                .allMatch(line -> line.endsWith("is missing"));
        schema(keyspace).create(saved, Map.of(), TableIds.SAVED);
        schema(keyspace).create(saved, Map.of(), TableIds.SAVED);

        assertThat(schema(keyspace).read()).isEqualTo(saved);
        assertThat(schema(keyspace).differences(saved)).isEmpty();
    }

    @Test
    void read_everyKindOfThing_isNamedInTheOrderOfCreation() {
        String keyspace = keyspaces.create();
        everything(keyspace);

        SortedMap<String, String> saved = schema(keyspace).read();

        assertThat(saved.keySet())
                .containsExactly(
                        "10-keyspace",
                        "20-type-00-zip",
                        "20-type-01-Place",
                        "20-type-02-addresses",
                        "30-table-accounts",
                        "30-table-people",
                        "40-index-people-people_tags");
        assertThat(saved.get("30-table-accounts"))
                .contains("COMPACT STORAGE")
                .contains("gc_grace_seconds = 3600")
                .contains("ID = " + TableLayout.idOf(keyspace, ACCOUNTS));
    }

    /** H23: the ids of tables, and so the names of their files' directories, come from the name of the keyspace. */
    @Test
    void create_underAnotherName_hasTheIdsOfThatName() {
        String source = keyspaces.create();
        everything(source);
        SortedMap<String, String> saved = schema(source).read();
        String target = CASSANDRA.servers().newKeyspaceName();

        schema(target).create(saved, Map.of(CASSANDRA.servers().localDatacenter(), 1), TableIds.BY_NAME);

        assertThat(schema(target).differences(saved)).isEmpty();
        assertThat(idOf(target, "accounts")).isEqualTo(TableLayout.idOf(target, ACCOUNTS));
        assertThat(idOf(source, "accounts")).isEqualTo(TableLayout.idOf(source, ACCOUNTS));
        keyspaces.cql("INSERT INTO \"%s\".people (a, b, c, who) VALUES (1, 2, now(), {home: {code: {no: 'x'}}})"
                .formatted(target));
        assertThat(keyspaces.cql("SELECT * FROM \"%s\".people".formatted(source)))
                .isEmpty();
    }

    @Test
    void create_otherReplication_isUsedForTheKeyspace() {
        String source = keyspaces.create();
        SortedMap<String, String> saved = schema(source).read();
        SortedMap<String, String> foreign = new TreeMap<>(saved);
        foreign.replaceAll((key, statement) ->
                statement.replace("'" + CASSANDRA.servers().localDatacenter() + "': '1'", "'elsewhere': '3'"));
        String target = CASSANDRA.servers().newKeyspaceName();

        schema(target).create(foreign, Map.of(CASSANDRA.servers().localDatacenter(), 1), TableIds.SAVED);

        assertThat(schema(target).differences(foreign)).isEmpty();
        assertThat(CassandraTopology.read(keyspaces.session(), target).replicationFactor())
                .isEqualTo(1);
    }

    @Test
    void create_someOfItThere_createsTheRest() {
        String keyspace = keyspaces.create();
        everything(keyspace);
        SortedMap<String, String> saved = schema(keyspace).read();
        keyspaces.change("DROP TABLE \"%s\".accounts".formatted(keyspace));
        keyspaces.change("DROP INDEX \"%s\".people_tags".formatted(keyspace));

        assertThat(schema(keyspace).differences(saved))
                .containsExactly("'30-table-accounts' is missing", "'40-index-people-people_tags' is missing");
        schema(keyspace).create(saved, Map.of(), TableIds.SAVED);

        assertThat(schema(keyspace).read()).isEqualTo(saved);
    }

    @Test
    void differences_otherTable_namesEachDifference() {
        String keyspace = keyspaces.create();
        everything(keyspace);
        SortedMap<String, String> saved = schema(keyspace).read();
        keyspaces.change("ALTER TABLE \"%s\".people ADD extra int".formatted(keyspace));
        keyspaces.change("ALTER TABLE \"%s\".people WITH gc_grace_seconds = 5".formatted(keyspace));
        keyspaces.change("ALTER TYPE \"%s\".zip ADD extra int".formatted(keyspace));
        keyspaces.change("DROP TABLE \"%s\".accounts".formatted(keyspace));
        keyspaces
                .cells(keyspace, TransactionsSchemaMap.always(1), TableStorage.PLAIN)
                .createTable(ACCOUNTS);
        keyspaces
                .cells(keyspace, TransactionsSchemaMap.always(1), TableStorage.PLAIN)
                .createTable(TableName.of("one_more"));

        List<String> differences = schema(keyspace).differences(saved);

        assertThat(differences).hasSize(4);
        assertThat(differences.get(0)).startsWith("'20-type-00-zip' is ").contains("extra int");
        assertThat(differences.get(1)).isEqualTo("'30-table-accounts' has no COMPACT STORAGE (expected: it)");
        assertThat(differences.get(2)).startsWith("'30-table-people' is ").contains("extra int");
        assertThat(differences.get(3))
                .isEqualTo("option 'gc_grace_seconds' of '30-table-people' is 5 (expected: 864000)");
    }

    @Test
    void create_idInUse_isRefused() {
        String source = keyspaces.create();
        everything(source);
        SortedMap<String, String> saved = schema(source).read();
        String target = CASSANDRA.servers().newKeyspaceName();

        assertFails(STORE_UNSUPPORTED, () -> schema(target).create(saved, Map.of(), TableIds.SAVED));
    }

    @Test
    void anyMethod_noKeyspaceInTheSavedSchema_isRefused() {
        String keyspace = keyspaces.create();

        assertFails(STORE_UNSUPPORTED, () -> schema(keyspace).differences(Map.of()));
        assertFails(STORE_UNSUPPORTED, () -> schema(keyspace).create(Map.of(), Map.of(), TableIds.SAVED));
        assertFails(STORE_UNAVAILABLE, () -> schema("missing").read());
    }

    @Test
    void truncate_someTables_emptiesThem() {
        String keyspace = keyspaces.create();
        CassandraCells cells = keyspaces.cells(keyspace, TransactionsSchemaMap.always(1), TableStorage.COMPACT);
        TableName other = TableName.of("other");
        Cell cell = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));
        for (TableName table : List.of(ACCOUNTS, other)) {
            cells.createTable(table);
            cells.put(table, Map.of(cell, Bytes.utf8("value")), 7);
        }

        schema(keyspace).truncate(Set.of(ACCOUNTS));

        assertThat(cells.getLatest(ACCOUNTS, Set.of(cell), 9)).isEmpty();
        assertThat(cells.getLatest(other, Set.of(cell), 9)).hasSize(1);
        assertFails(UNKNOWN_TABLE, () -> schema(keyspace).truncate(Set.of(TableName.of("missing"))));
    }

    private static CassandraSchema schema(String keyspace) {
        return new CassandraSchema(keyspaces.session(), keyspace);
    }

    private static void everything(String keyspace) {
        for (String statement : List.of(
                "CREATE TYPE \"%1$s\".zip (no text)",
                "CREATE TYPE \"%1$s\".\"Place\" (\"No\" int, code frozen<zip>)",
                "CREATE TYPE \"%1$s\".addresses (home frozen<\"Place\">, old frozen<list<frozen<\"Place\">>>)",
                "CREATE TABLE \"%1$s\".people (a int, b int, c timeuuid, who frozen<addresses>, tags set<text>, "
                        + "s text static, PRIMARY KEY ((a, b), c)) WITH CLUSTERING ORDER BY (c DESC) "
                        + "AND comment = 'it''s \"%1$s\".people; and more'",
                "CREATE INDEX people_tags ON \"%1$s\".people (tags)")) {
            keyspaces.change(statement.formatted(keyspace));
        }
        keyspaces
                .cells(keyspace, TransactionsSchemaMap.always(1), TableStorage.COMPACT)
                .createTable(ACCOUNTS);
    }

    private static UUID idOf(String keyspace, String table) {
        Row row = keyspaces
                .cql("SELECT id FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?", keyspace, table)
                .get(0);
        return row.getUuid(0);
    }
}
