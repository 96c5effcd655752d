package dev.tidemark.kvs.cassandra.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cassandra.cql.CassandraCoordination.Decision;
import dev.tidemark.kvs.cassandra.cql.CassandraTimestampBound.Active;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.transaction.VisibleCells;
import dev.tidemark.kvs.transactiontable.Resources;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tables that AtlasDB 0.1175.0 wrote, captured one after the other while transactions ran, and so torn; with their write times in a
 * real cluster, which is then cut at the backup timestamp.
 */
abstract class AtlasDbFixtureContract {
    private static final String FOLDER = "fixtures/atlasdb/cassandra/";
    private static final TableName ACCOUNTS = TableName.of("bank__accounts");
    private static final TableName TRANSFERS = TableName.of("bank__transfers");
    private static final List<TableName> LOADED = List.of(
            TableName.of("_transactions"),
            TableName.of("_transactions2"),
            CassandraCoordination.TABLE,
            CassandraTimestampBound.TABLE,
            ACCOUNTS,
            TRANSFERS);

    private KeyspaceFactory keyspaces;
    private JsonNode facts;
    private CassandraCells cells;
    private TransactionTable table;
    private String keyspace;

    protected abstract CassandraServers servers();

    /** Returns the name of the file with the schema in the cluster's dialect. */
    protected abstract String schemaFile();

    @BeforeEach
    void load() throws Exception {
        keyspaces = new KeyspaceFactory(servers());
        facts = new ObjectMapper().readTree(String.join("\n", Resources.lines(FOLDER + "facts.json")));
        keyspace = servers().newKeyspaceName();
        for (String statement :
                String.join("\n", Resources.lines(FOLDER + schemaFile())).split(";\n", -1)) {
            boolean isWanted = statement.contains("CREATE KEYSPACE")
                    || LOADED.stream()
                            .anyMatch(name -> statement.contains("fixcassa.\"" + name + "\" (")
                                    || statement.contains("fixcassa." + name + " ("));
            if (isWanted) {
                keyspaces.change(CqlText.renameKeyspace(statement, "fixcassa", keyspace)
                        .replace("'datacenter1'", "'" + servers().localDatacenter() + "'"));
            }
        }
        LOADED.forEach(this::load);
        TransactionsSchemaMap schemas =
                new CassandraCoordination(keyspaces.session(), keyspace).read().schemas();
        cells = keyspaces.cells(keyspace, schemas, TableStorage.COMPACT);
        table = CassandraTransactionTable.ofAllReplicas(keyspaces.session(), keyspace, schemas);
    }

    private void load(TableName name) {
        CassandraSession session = keyspaces.session();
        PreparedStatement insert = session.prepare(
                "load",
                "INSERT INTO \"%s\".\"%s\" (key, column1, column2, value) VALUES (?, ?, ?, ?) USING TIMESTAMP ?"
                        .formatted(keyspace, name));
        new Requests(session.retries(), 64)
                .forEach(
                        "load",
                        Resources.rows(FOLDER + name + ".csv.gz"),
                        row -> session.executeAsync(insert.bind(
                                        Bytes.ofHex(row[0]).toBuffer(),
                                        Bytes.ofHex(row[1]).toBuffer(),
                                        Long.parseLong(row[2]),
                                        Bytes.ofHex(row[3]).toBuffer(),
                                        Long.parseLong(row[4]))
                                .setConsistencyLevel(ConsistencyLevel.ALL)
                                .setIdempotent(true)),
                        (row, answer) -> {});
    }

    @AfterEach
    void dropAndDisconnect() {
        keyspaces.change("DROP KEYSPACE \"" + keyspace + "\"");
        keyspaces.close();
    }

    @Test
    void abortAll_fromImmutableTimestamp_leavesExactlyTheStateAtTheBackupTimestamp() {
        TimestampRange starts = new TimestampRange(number("immutable_timestamp"), number("fast_forward_timestamp"));
        assertThatTablesAreAsCaptured();

        int first = abortWhatCommittedAfterTheBackup(starts);
        int again = abortWhatCommittedAfterTheBackup(starts);

        assertThat(first).isEqualTo(facts.at("/torn/to_abort").intValue());
        assertThat(again).isZero();
        assertThat(transfers()).isEqualTo(Resources.lines(FOLDER + "expected-visible-transfers.csv"));
        assertThat(balances()).isEqualTo(Resources.lines(FOLDER + "expected-balances.csv"));
    }

    /** H3: transactions that started before the backup timestamp and committed after it would be there in part. */
    @Test
    void abortAll_fromBackupTimestampOnly_leavesATornState() {
        abortWhatCommittedAfterTheBackup(
                new TimestampRange(number("backup_timestamp"), number("fast_forward_timestamp")));

        assertThat(transfers()).isNotEqualTo(Resources.lines(FOLDER + "expected-visible-transfers.csv"));
        assertThat(balances()).isNotEqualTo(Resources.lines(FOLDER + "expected-balances.csv"));
    }

    private void assertThatTablesAreAsCaptured() {
        assertThat(new CassandraCoordination(keyspaces.session(), keyspace).read())
                .isEqualTo(new Decision(
                        new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 5_010_009L, 2, 12_654_337L, 3))),
                        facts.at("/coordination/pointer/bound").longValue()));
        assertThat(new CassandraTimestampBound(keyspaces.session(), keyspace).read())
                .isEqualTo(new Active(26_998_901));
        List<TransactionEntry> entries = scan(new TimestampRange(1, 30_000_000));
        assertThat(entries)
                .hasSize(facts.at("/torn/_transactions_rows").intValue()
                        + facts.at("/torn/_transactions2_rows").intValue());
        assertThat(entries).filteredOn(entry -> commit(entry) == 0).hasSize(1);
        assertThat(entries)
                .filteredOn(entry -> entry.startTimestamp() < number("backup_timestamp")
                        && commit(entry) > number("backup_timestamp"))
                .hasSize(facts.at("/torn/straddlers").intValue());
    }

    private int abortWhatCommittedAfterTheBackup(TimestampRange starts) {
        List<TransactionEntry> later = scan(starts).stream()
                .filter(entry -> commit(entry) > number("backup_timestamp"))
                .toList();
        assertThat(table.abortAll(later)).isEmpty();
        return later.size();
    }

    private List<TransactionEntry> scan(TimestampRange starts) {
        List<TransactionEntry> entries = new ArrayList<>();
        for (TransactionTable.Part part : table.split(starts, 8)) {
            try (CloseableIterator<TransactionEntry> scan = table.scan(part)) {
                scan.forEachRemaining(entries::add);
            }
        }
        return entries;
    }

    private List<String> transfers() {
        List<String> lines = new ArrayList<>(List.of("id,from,to,amount,start_ts,commit_ts"));
        for (CellVersion version : visible(TRANSFERS)) {
            long commit = commit(new TransactionEntry(
                    version.timestamp(), table.read(version.timestamp()).orElseThrow()));
            lines.add(number(version) + "," + version.value().toUtf8() + "," + version.timestamp() + "," + commit);
        }
        return lines;
    }

    private List<String> balances() {
        List<String> lines = new ArrayList<>(List.of("account,balance"));
        for (CellVersion version : visible(ACCOUNTS)) {
            lines.add(number(version) + "," + version.value().toLong());
        }
        return lines;
    }

    private List<CellVersion> visible(TableName name) {
        List<CellVersion> visible = new ArrayList<>();
        try (CloseableIterator<CellVersion> scan =
                VisibleCells.at(number("fast_forward_timestamp"), cells, table).scan(name, CellRange.all())) {
            scan.forEachRemaining(visible::add);
        }
        return visible;
    }

    private static long number(CellVersion version) {
        return version.cell().row().toLong() ^ Long.MIN_VALUE;
    }

    private long number(String fact) {
        return facts.get(fact).longValue();
    }

    /** Returns 0 for a transaction that is aborted. */
    private static long commit(TransactionEntry entry) {
        if (entry.state() instanceof TransactionState.Committed committed) {
            return committed.commitTimestamp();
        }
        return entry.state() instanceof TransactionState.Staging staging ? staging.commitTimestamp() : 0;
    }
}
