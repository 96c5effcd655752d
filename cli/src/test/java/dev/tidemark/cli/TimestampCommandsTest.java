package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.Transaction;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimestampCommandsTest {
    private static final TableName TABLE = TableName.of("t");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));

    @TempDir
    private Path directory;

    @BeforeEach
    void setUp() {
        CommandRun.configure(directory);
        try (TimestampOracles oracles = oracles()) {
            oracles.create("bank");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timestamp fetch -f out/b.ts",
                "timestamp -f out/b.ts fetch",
                "timestamp fetch --file out/b.ts",
                "timestamp --file out/b.ts fetch",
                "--offline -c tidemark.yml timestamp -f out/b.ts fetch",
                "timestamp -s 5 --skip-start-timestamp-check -f out/b.ts fetch --namespace bank",
                "timestamp -f out/b.ts fetch -i -d",
                "timestamp -i -d -f out/b.ts fetch",
                "timestamp fetch --immutable --date-time --file out/b.ts"
            })
    void fetch_bothOrdersOfOptions_printsAndWritesTheTimestamp(String line) throws IOException {
        CommandRun run = CommandRun.in(directory, line.split(" "));

        String kind = line.matches(".*(-i\\b|--immutable).*") ? "immutable" : "fresh";
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .matches("The " + kind + " timestamp is: \\d+\nTimestamp command completed successfully.\n");
        String timestamp = run.out().replaceAll("(?s).*is: (\\d+)\n.*", "$1");
        assertThat(Files.readString(directory.resolve("out/b.ts"))).isEqualTo(timestamp + "\n");
        assertThat(run.err().contains("not available")).isEqualTo(line.matches(".*(-d\\b|--date-time).*"));
    }

    @Test
    void fetch_json_isADocumentWithAnInteger() {
        JsonNode document =
                CommandRun.in(directory, "timestamp", "fetch", "--json").json();

        assertThat(document.get("timestamp").isIntegralNumber()).isTrue();
        assertThat(document.get("namespace").asText()).isEqualTo("bank");
        assertThat(document.get("kind").asText()).isEqualTo("fresh");
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp fast-forward -t 5000000", "timestamp --timestamp 5000000 fast-forward"})
    void fastForward_bothOrders_movesTheOracle(String line) {
        CommandRun run = CommandRun.in(directory, line.split(" "));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("Timestamp successfully fast-forwarded to 5000000\n");
        assertThat(fetch()).isGreaterThan(5_000_000);
    }

    @Test
    void fastForward_byFileToThePast_changesNothing() throws IOException {
        CommandRun.in(directory, "timestamp", "fast-forward", "-t", "5000000");
        Files.writeString(directory.resolve("old.ts"), "17\n");

        CommandRun run = CommandRun.in(directory, "timestamp", "fast-forward", "-f", "old.ts");

        assertThat(run.exitCode()).isZero();
        assertThat(fetch()).isGreaterThan(5_000_000);
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 16",
        "9223372036854775807 --dry-run, 16",
        "9223372036854775806, 16",
        "-1, 16",
        "-9223372036854775808, 16",
        "9223372036854775808, 2",
        "12x, 2"
    })
    void fastForward_outOfRange_isRefusedAndChangesNothing(String timestamp, int exitCode) {
        long before = fetch();

        CommandRun run = CommandRun.in(directory, ("timestamp fast-forward --timestamp=" + timestamp).split(" ", -1));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.err()).contains("HINT: ");
        assertThat(fetch()).isGreaterThan(before).isLessThan(before + 3_000_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fast-forward            | 2  | one and only one",
                "fast-forward -t 5 -f x  | 2  | one and only one",
                "fast-forward -f none    | 15 | does not exist",
                "fast-forward -f two     | 15 | has 2 lines",
                "fast-forward -f text    | 15 | holds 'abc'",
                "fetch -t 5              | 2  | does not require an input timestamp",
                "clean-transactions -t 5 | 17 | can only be run offline",
                "clean-transactions -t 5 -s 0 --offline | 16 | start timestamp 0",
                "clean-transactions -f two --offline | 15 | has 2 lines",
                "clean-transactions --offline | 2 | one and only one"
            })
    void run_badInput_isRefused(String line, int exitCode, String message) throws IOException {
        Files.writeString(directory.resolve("two"), "5\n6\n");
        Files.writeString(directory.resolve("text"), "abc\n");

        CommandRun run = CommandRun.in(directory, ("timestamp " + line.strip()).split(" +"));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.err()).contains(message).contains("HINT: ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void fetch_unknownAtTheOracle_neverCreatesTheNamespace() throws IOException {
        Files.writeString(
                directory.resolve("other.yml"),
                Files.readString(directory.resolve("tidemark.yml")).replace("bank:", "bnak:"));

        CommandRun run = CommandRun.in(directory, "timestamp", "fetch", "-c", "other.yml");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(12);
        try (TimestampOracles oracles = oracles()) {
            assertThat(oracles.namespaces()).containsExactly("bank");
        }
    }

    @Test
    void fetch_oracleOfAnotherProcess_isRefused() {
        try (TimestampOracles oracles = oracles()) {
            CommandRun run = CommandRun.in(directory, "timestamp", "fetch", "--json");

            assertThat(run.exitCode()).isEqualTo(25);
            assertThat(run.json().at("/error/code").asText()).isEqualTo("BOUND_STORE_IN_USE");
        }
    }

    @Test
    void cleanTransactions_straddlerAndLaterCommit_areAbortedByValue() {
        Written written = write();

        CommandRun dryRun = clean(written.backupTimestamp(), "--dry-run");
        CommandRun run = clean(written.backupTimestamp(), "--offline");
        CommandRun again = clean(written.backupTimestamp(), "--offline");

        assertThat(dryRun.json().get("aborted").asLong()).as(dryRun.out()).isEqualTo(2);
        assertThat(dryRun.json().get("dryRun").asBoolean()).isTrue();
        assertThat(run.json().get("aborted").asLong()).as(run.out()).isEqualTo(2);
        assertThat(run.json().at("/transactions").findValuesAsText("startTimestamp"))
                .containsExactlyInAnyOrder(
                        String.valueOf(written.straddlerStart()), String.valueOf(written.lateStart()));
        assertThat(again.json().get("aborted").asLong()).isZero();
        try (RocksDbStore store = store()) {
            assertThat(store.transactionTable().read(written.straddlerStart())).contains(TransactionState.ABORTED);
            assertThat(store.transactionTable().read(written.lateStart())).contains(TransactionState.ABORTED);
            assertThat(store.transactionTable().read(written.earlyStart()).orElseThrow())
                    .isInstanceOf(TransactionState.Committed.class);
        }
        assertThat(fetch()).isPositive();
    }

    @Test
    void createCluster_emptyDirectory_belongsToTheFirstServerAndIsNotOverwritten() throws IOException {
        Files.writeString(
                directory.resolve("raft.yml"),
                "oracle: {store: {type: raft, directory: '" + directory.resolve("a")
                        + "', id: a, peers: [{id: a, address: '127.0.0.1:1'}]}}");

        CommandRun run = CommandRun.in(directory, "timestamp", "create-cluster", "raft.yml", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().get("cluster").asText()).matches("[0-9a-f-]{36}");
        assertThat(directory.resolve("a/server")).isRegularFile();
        CommandRun again = CommandRun.in(directory, "timestamp", "create-cluster", "raft.yml");
        assertThat(again.exitCode()).isEqualTo(17);
        assertThat(again.err()).contains("is not empty").contains("HINT");
    }

    @Test
    void cleanTransactions_afterGarbageCollection_isRefused() {
        Written written = write();
        try (TimestampOracles oracles = oracles();
                RocksDbStore store = store()) {
            new StoreMetadata(store.cells()).raiseEarliestReadableTimestamp(written.backupTimestamp() + 2);
        }

        CommandRun run = clean(written.backupTimestamp(), "--offline");

        assertThat(run.exitCode()).as(run.out()).isEqualTo(17);
        assertThat(run.json().at("/error/message").asText()).contains("garbage collection");
    }

    private CommandRun clean(long timestamp, String option) {
        return CommandRun.in(
                directory, "timestamp", "-t", String.valueOf(timestamp), "clean-transactions", option, "--json");
    }

    private Written write() {
        try (TimestampOracles oracles = oracles();
                RocksDbStore store = store();
                ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
                TransactionalStore transactions = new TransactionalStore(
                        store.cells(),
                        TransactionsSchemaMap.always(3),
                        oracles.get("bank"),
                        TransactionSeams.system(tasks),
                        TransactionOptions.defaults())) {
            transactions.createTable(TABLE);
            TimestampOracle oracle = oracles.get("bank");
            long early = commit(transactions, "early");
            Transaction straddler = transactions.begin();
            straddler.put(TABLE, Cell.of(Bytes.utf8("straddler"), Bytes.utf8("c")), Bytes.utf8("x"));
            long backupTimestamp = oracle.freshTimestamp();
            straddler.commit();
            long late = commit(transactions, "late");
            return new Written(early, straddler.startTimestamp(), backupTimestamp, late);
        }
    }

    private static long commit(TransactionalStore transactions, String value) {
        return transactions.execute(transaction -> {
            transaction.put(TABLE, CELL, Bytes.utf8(value));
            return transaction.startTimestamp();
        });
    }

    private long fetch() {
        return CommandRun.in(directory, "timestamp", "fetch", "--json")
                .json()
                .get("timestamp")
                .asLong();
    }

    private RocksDbStore store() {
        return RocksDbStore.open(RocksDbOptions.of(directory.resolve("store"), TransactionsSchemaMap.always(3)));
    }

    private TimestampOracles oracles() {
        return new TimestampOracles(
                FileBoundStore.open(directory.resolve("oracle")), OracleSettings.defaults(), MonotonicClock.system());
    }

    private record Written(long earlyStart, long straddlerStart, long backupTimestamp, long lateStart) {}
}
