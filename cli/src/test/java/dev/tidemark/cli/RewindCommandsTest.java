package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.SweepOptions;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code rewind}, {@code restore --at} and {@code undo} from the command line, with good and with bad input. */
@Execution(ExecutionMode.CONCURRENT)
class RewindCommandsTest {
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);

    @TempDir
    private static Path original;

    @TempDir
    private Path directory;

    private Installation installation;

    @BeforeAll
    static void setUpOriginal() {
        Installation.withTwoBackups(original);
    }

    @BeforeEach
    void setUp() {
        installation = new Installation(original).copyTo(directory);
    }

    @ParameterizedTest
    @CsvSource({
        "rewind bank --to 0, INVALID_INPUT, timestamp 0",
        "rewind bank --to -5, INVALID_INPUT, timestamp -5",
        "rewind bank --to 99999999999999999999, INVALID_INPUT, 99999999999999999999",
        "rewind bank --to noon, INVALID_INPUT, noon",
        "rewind bank --to 2026-11-20, INVALID_INPUT, 2026-11-20",
        "rewind bank --to 2026-11-20T12:00:00, INVALID_INPUT, 2026-11-20T12:00:00",
        "rewind bank --to 2999-01-01T00:00:00Z, TIMESTAMP_OUT_OF_RANGE, in the future",
        "rewind bank --to 1970-01-01T00:00:00Z, TIMESTAMP_OUT_OF_RANGE, 1970-01-01T00:00:00Z",
        "rewind bank --to 9000000000000000, TIMESTAMP_OUT_OF_RANGE, in the future",
        "rewind bank --to 9000000000000000 --dry-run, TIMESTAMP_OUT_OF_RANGE, in the future",
        "rewind bnak --to 5, UNKNOWN_NAMESPACE, bnak",
        "undo bank, UNKNOWN_OPERATION, no restore and no rewind",
        "undo bank --dry-run, UNKNOWN_OPERATION, no restore and no rewind",
        "undo bnak, UNKNOWN_NAMESPACE, bnak",
        "restore bank --at noon, INVALID_INPUT, noon",
        "restore bank --at 9000000000000000, TIMESTAMP_OUT_OF_RANGE, in the future",
        "restore bank --at 2999-01-01T00:00:00Z, TIMESTAMP_OUT_OF_RANGE, in the future",
        "restore bank --at 1970-01-01T00:00:00Z, TIMESTAMP_OUT_OF_RANGE, 1970-01-01T00:00:00Z",
        "restore bank --at 5 --backup nothing, UNKNOWN_BACKUP, nothing"
    })
    void run_badInput_isRefusedAndChangesNothing(String line, ErrorCode code, String part) {
        Map<String, String> archive = installation.inventory().below("archive");

        installation.assertReported(line, code, part);

        assertThat(installation.inventory().below("archive")).isEqualTo(archive);
        assertThat(installation.resolve("store/safety")).doesNotExist();
        assertNotFenced();
    }

    @Test
    void rewind_momentIsMissing_isAnUsageError() {
        installation.assertReported("rewind bank", ErrorCode.USAGE, "--to");
    }

    @Test
    void rewindUndoAndRewindAgain_giveTheDigestsOfThoseMoments() {
        long second = backupTimestamp("latest");
        long first = backupTimestamp(installation.backups().get(0));
        String digestThen = digest(first);
        String digestNow = digest(second);
        JsonNode plan = installation.succeed("rewind bank --to " + first + " --dry-run");
        assertThat(plan.get("expectedAborts").asLong()).isEqualTo(1);
        assertThat(digest(second)).isEqualTo(digestNow);

        JsonNode rewind = installation.succeed("rewind bank --to " + first);
        assertThat(rewind.get("abortedCommits").asLong()).isEqualTo(1);
        assertThat(digest(second)).isEqualTo(digestThen);

        assertThat(installation.succeed("undo bank").get("undoneType").asText()).isEqualTo("rewind");
        assertThat(digest(second)).isEqualTo(digestNow);

        installation.succeed("rewind bank --to " + first);
        assertThat(digest(second)).isEqualTo(digestThen);
        installation.write(3);
        installation.succeed("backup bank");
        installation.succeed("verify bank --level 2");
    }

    @Test
    void undo_twiceOrAfterNewWrites_isRefused() {
        long first = backupTimestamp(installation.backups().get(0));
        installation.succeed("rewind bank --to " + first);
        installation.succeed("undo bank");
        installation.assertReported("undo bank", ErrorCode.NOT_ALLOWED_NOW, "undone already");
        installation.succeed("rewind bank --to " + first);
        installation.write(3);
        String digest = digest(first);

        installation.assertReported("undo bank", ErrorCode.NOT_ALLOWED_NOW, "1 transactions were committed after it");

        assertThat(digest(first)).isEqualTo(digest);
        assertNotFenced();
    }

    @Test
    void restore_toAMomentOverExistingData_isUndone() {
        long first = backupTimestamp(installation.backups().get(0));
        long second = backupTimestamp("latest");
        String digestThen = digest(first);
        String digestNow = digest(second);

        JsonNode restore = installation.succeed("restore bank --at " + first + " --backup "
                + installation.backups().get(1) + " --replace-existing");

        assertThat(restore.get("targetTimestamp").asLong()).isEqualTo(first);
        assertThat(digest(second)).isEqualTo(digestThen);
        assertThat(installation.succeed("undo bank").get("undoneType").asText()).isEqualTo("restore");
        assertThat(digest(second)).isEqualTo(digestNow);
    }

    @Test
    void rewindAndRestore_garbageCollectionHasPassedTheMoment_areRefused() {
        long first = backupTimestamp(installation.backups().get(0));
        long second = backupTimestamp("latest");
        installation.write(3);
        sweep();
        installation.succeed("backup bank");
        long between = second + 1;

        installation.assertReported(
                "rewind bank --to " + first, ErrorCode.TIMESTAMP_OUT_OF_RANGE, "garbage collection has passed it");
        installation.assertReported(
                "restore bank --at " + between + " --dry-run",
                ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                "garbage collection had passed it",
                installation.backups().get(1),
                installation.backups().get(2));
    }

    @Test
    void run_anotherRestoreFencesTheOracle_isRefusedAndLeavesTheFence() {
        long first = backupTimestamp(installation.backups().get(0));
        try (TimestampOracles oracles = installation.oracles()) {
            oracles.create("bank").fence("restore-elsewhere");
        }
        Map<String, String> archive = installation.inventory().below("archive");

        installation.assertReported("rewind bank --to " + first, ErrorCode.FENCE_CONFLICT, "restore-elsewhere");
        installation.assertReported("restore bank --replace-existing", ErrorCode.FENCE_CONFLICT, "restore-elsewhere");

        assertThat(installation.inventory().below("archive")).isEqualTo(archive);
        try (TimestampOracles oracles = installation.oracles()) {
            assertThat(oracles.create("bank").currentFence()).contains("restore-elsewhere");
        }
    }

    @Test
    void run_applicationHasTheStoreOpen_isRefused() {
        long first = backupTimestamp(installation.backups().get(0));
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(installation.resolve("store"), SCHEMAS))) {
            installation.assertReported("rewind bank --to " + first, ErrorCode.STORE_IN_USE, "store");
            installation.assertReported("restore bank --replace-existing", ErrorCode.STORE_IN_USE, "store");
            assertThat(store.cells().tables()).contains(TableName.of("t"));
        }
        assertNotFenced();
    }

    private void sweep() {
        try (TimestampOracles oracles = installation.oracles();
                RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(installation.resolve("store"), SCHEMAS));
                ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
                TransactionalStore transactions = new TransactionalStore(
                        store.cells(),
                        SCHEMAS,
                        oracles.create("bank"),
                        TransactionSeams.system(tasks),
                        TransactionOptions.defaults())) {
            assertThat(transactions.sweeper(SweepOptions.defaults()).sweepAll().deletedVersions())
                    .isPositive();
        }
    }

    private long backupTimestamp(String backup) {
        return installation
                .succeed("show bank " + backup)
                .get("backupTimestamp")
                .asLong();
    }

    private String digest(long timestamp) {
        return installation
                .succeed("digest bank --at " + timestamp)
                .get("digest")
                .asText();
    }

    private void assertNotFenced() {
        try (TimestampOracles oracles = installation.oracles()) {
            assertThat(oracles.create("bank").currentFence()).isEmpty();
        }
    }
}
