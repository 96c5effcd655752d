package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.history.HistoryHeader;
import dev.tidemark.coordinator.history.HistoryTransaction;
import dev.tidemark.coordinator.history.HistoryWriter;
import dev.tidemark.coordinator.history.TransactionRecorder;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.Transaction;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command {@code check-history} on a store of RocksDB that was really backed up, lost and restored. */
final class CheckHistoryTest {
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);
    private static final TableName TABLE = TableName.of("t");
    private static final String HEADER =
            "{\"format\":\"tidemark-history\",\"version\":1,\"namespace\":\"bank\",\"stores\":[\"main\"]}\n";

    @TempDir
    private static Path original;

    private static long backupTimestamp;

    @TempDir
    private Path directory;

    private Installation installation;

    /** Records 60 transactions with a backup in the middle, then loses the store and restores it. */
    @BeforeAll
    static void setUpOriginal() {
        CommandRun.configure(original);
        Installation installation = new Installation(original);
        try (HistoryWriter history =
                HistoryWriter.create(original.resolve("history"), HistoryHeader.complete("bank", List.of("main")))) {
            run(original, history, 1);
            installation.succeed("archive init");
            backupTimestamp =
                    installation.succeed("backup bank").get("backupTimestamp").asLong();
            run(original, history, 2);
        }
        installation.loseStore();
        installation.succeed("restore bank");
    }

    @BeforeEach
    void setUp() {
        installation = new Installation(original).copyTo(directory);
    }

    @Test
    void checkHistory_restoredStore_isExact() {
        Inventory before = installation.inventory();

        JsonNode verdict = installation.succeed("check-history history --at " + backupTimestamp);

        assertThat(verdict.get("exact").asBoolean()).isTrue();
        assertThat(verdict.get("transactions").asLong()).isEqualTo(60);
        assertThat(verdict.get("committed").asLong()).isEqualTo(30);
        assertThat(verdict.get("above").asLong()).isEqualTo(30);
        assertThat(verdict.get("reads").asLong()).isPositive();
        assertThat(verdict.get("cells").asLong()).isPositive();
        assertThat(verdict.get("findings")).isEmpty();
        CommandRun text = installation.run("check-history history --namespace bank --at " + backupTimestamp);
        assertThat(text.exitCode()).isZero();
        assertThat(text.out())
                .startsWith("Namespace 'bank' holds exactly the state at timestamp " + backupTimestamp + ".\n");
        assertThat(installation.inventory().below("archive")).isEqualTo(before.below("archive"));
        assertThat(installation.inventory().below("oracle")).isEqualTo(before.below("oracle"));
    }

    @Test
    void checkHistory_atAnotherTimestamp_namesTheFirstThatIsMissing() {
        long later = backupTimestamp + 100_000_000;

        CommandRun run = installation.run("check-history history --json --at " + later);

        assertThat(run.exitCode()).isEqualTo(ErrorCode.VERIFICATION_FAILED.exitCode());
        JsonNode verdict = run.json();
        assertThat(verdict.get("exact").asBoolean()).isFalse();
        assertThat(verdict.get("findingCount").asLong()).isGreaterThan(20);
        assertThat(verdict.get("findings")).hasSize(20);
        assertThat(verdict.at("/findings/0/commit").asLong()).isGreaterThan(backupTimestamp);
        CommandRun text = installation.run("check-history history --at " + later);
        assertThat(text.out())
                .contains("does NOT hold exactly the state")
                .contains("First wrong: transaction "
                        + verdict.at("/findings/0/start").asLong() + "\n");
    }

    @Test
    void checkHistory_cellThatIsLost_namesItsWriter() {
        long start = loseACell();

        CommandRun run = installation.run("check-history history --json --at " + backupTimestamp);

        assertThat(run.exitCode()).isEqualTo(ErrorCode.VERIFICATION_FAILED.exitCode());
        assertThat(run.json().get("findings")).hasSize(1);
        JsonNode finding = run.json().at("/findings/0");
        assertThat(finding.get("kind").asText()).isEqualTo("MISSING_WRITE");
        assertThat(finding.get("start").asLong()).isEqualTo(start);
        assertThat(finding.get("line").asLong()).isPositive();
    }

    @Test
    void checkHistory_liveStore_leavesOutWhatCommittedLater() {
        try (HistoryWriter ignored =
                HistoryWriter.create(directory.resolve("later"), HistoryHeader.complete("bank", List.of("main")))) {
            run(directory, ignored, 3);
        }

        assertThat(installation
                        .succeed("check-history history --live --at " + backupTimestamp)
                        .get("exact")
                        .asBoolean())
                .isTrue();
        assertThat(installation
                        .succeed("check-history history --at " + backupTimestamp)
                        .get("exact")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void checkHistory_workDirectory_isLeftEmpty() throws IOException {
        Path work = Files.createDirectory(directory.resolve("work"));

        installation.succeed("check-history history --work-directory work --at " + backupTimestamp);

        assertThat(work).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nowhere                              | INVALID_INPUT         | there is no such file",
                "archive                              | INVALID_INPUT         | it is a directory",
                "key                                  | INVALID_INPUT         | does not end with a line feed",
                "tidemark.yml                         | INVALID_INPUT         | tidemark.yml' line 1: it is not JSON",
                "history --namespace bnak             | UNKNOWN_NAMESPACE     | namespace 'bnak'",
                "history --work-directory nowhere     | INVALID_INPUT         | no temporary directory can be created",
            })
    void checkHistory_badArgument_isRefused(String arguments, ErrorCode code, String part) {
        installation.assertRefused("check-history " + arguments + " --at " + backupTimestamp, code, part);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"start\":5}                                  | INVALID_INPUT | bad' line 2: field 'outcome' is missing",
                "{\"start\":5,\"commit\":4,\"outcome\":\"aborted\"} | INVALID_INPUT | bad' line 2: commit: 4 (expected:",
                "{\"start\":5,\"outcome\":\"aborted\",\"who\":1} | INVALID_INPUT | bad' line 2: field 'who' (expected:",
                "{\"start\":5e3,\"outcome\":\"aborted\"}        | INVALID_INPUT | bad' line 2: start: 5e3 (expected:",
            })
    void checkHistory_badLine_isRefusedByNumber(String line, ErrorCode code, String part) throws IOException {
        Files.writeString(directory.resolve("bad"), HEADER + line + "\n");

        installation.assertRefused("check-history bad --at " + backupTimestamp, code, part);
    }

    @Test
    void checkHistory_timestampsThatCollide_areRefusedWithBothLines() throws IOException {
        String line = "{\"start\":5,\"outcome\":\"aborted\"}\n";
        Files.writeString(directory.resolve("bad"), HEADER + line + line);

        installation.assertReported(
                "check-history bad --at " + backupTimestamp,
                ErrorCode.INVALID_INPUT,
                "line 3: start: 5, which line 2 has");
    }

    @Test
    void checkHistory_historyOfOtherThings_isRefused() throws IOException {
        Files.writeString(directory.resolve("bad"), HEADER.replace("bank", "bnak"));
        installation.assertRefused("check-history bad --at 5", ErrorCode.UNKNOWN_NAMESPACE, "namespace 'bnak'");

        Files.writeString(directory.resolve("bad"), HEADER.replace("main", "mian"));
        installation.assertReported("check-history bad --at 5", ErrorCode.INVALID_INPUT, "of the stores [mian]");

        Files.writeString(directory.resolve("bad"), HEADER.replace("\"version\":1", "\"version\":9"));
        installation.assertRefused("check-history bad --at 5", ErrorCode.UNKNOWN_FORMAT_VERSION, "version 9");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void checkHistory_timestampThatWasNeverIssued_isRefused(String timestamp) {
        installation.assertRefused(
                "check-history history --at " + timestamp, ErrorCode.TIMESTAMP_OUT_OF_RANGE, "expected: at least 1");
    }

    @Test
    void checkHistory_storeInUse_isRefused() {
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(installation.resolve("store"), SCHEMAS))) {
            assertThat(store.cells().tables()).isNotEmpty();

            installation.assertReported(
                    "check-history history --at " + backupTimestamp, ErrorCode.STORE_IN_USE, "store");
        }
    }

    @Test
    void checkHistory_storeThatIsLost_isRefused() {
        installation.loseStore();

        installation.assertRefused(
                "check-history history --at " + backupTimestamp, ErrorCode.STORE_UNAVAILABLE, "store");
    }

    /** Runs 30 transactions that read and write random cells, and records them. */
    private static void run(Path directory, HistoryWriter history, long seed) {
        Random random = new Random(seed);
        try (TimestampOracles oracles = SmallBank.oracles(directory);
                RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(directory.resolve("store"), SCHEMAS));
                ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
                TransactionalStore transactions = new TransactionalStore(
                        store.cells(),
                        SCHEMAS,
                        oracles.create("bank"),
                        TransactionSeams.system(tasks),
                        TransactionOptions.defaults())) {
            transactions.createTable(TABLE);
            for (int i = 0; i < 30; i++) {
                try (Transaction transaction = transactions.begin()) {
                    runOne(transaction, history.begin("main", transaction.startTimestamp()), random);
                }
            }
        }
    }

    private static void runOne(Transaction transaction, TransactionRecorder recorder, Random random) {
        for (int i = 0; i < 4; i++) {
            Cell cell = cell(random.nextInt(40));
            recorder.read(TABLE, cell, transaction.get(TABLE, cell).orElse(Bytes.EMPTY));
            if (random.nextInt(8) == 0) {
                transaction.delete(TABLE, cell);
                recorder.write(TABLE, cell, Bytes.EMPTY);
            } else {
                Bytes value = Bytes.ofLong(random.nextLong());
                transaction.put(TABLE, cell, value);
                recorder.write(TABLE, cell, value);
            }
        }
        recorder.committed(transaction.commit().orElse(HistoryTransaction.NO_COMMIT));
    }

    /** Removes all versions of a cell that has a value, and returns the start timestamp of its last writer. */
    private long loseACell() {
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(installation.resolve("store"), SCHEMAS))) {
            for (int i = 0; i < 40; i++) {
                Cell cell = cell(i);
                Version latest = store.cells()
                        .getLatest(TABLE, Set.of(cell), backupTimestamp)
                        .get(cell);
                if (latest != null && !latest.value().isEmpty()) {
                    long start = latest.timestamp();
                    for (Version version = latest; version != null; ) {
                        store.cells().deleteVersions(TABLE, Map.of(cell, Set.of(version.timestamp())));
                        version = store.cells()
                                .getLatest(TABLE, Set.of(cell), backupTimestamp)
                                .get(cell);
                    }
                    return start;
                }
            }
        }
        throw new AssertionError("no cell has a value");
    }

    private static Cell cell(int row) {
        return Cell.of(Bytes.ofLong(row), Bytes.utf8("c"));
    }
}
