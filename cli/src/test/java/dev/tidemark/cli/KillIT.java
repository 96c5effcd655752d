package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.demo.Check;
import dev.tidemark.cli.demo.WorkloadProcess;
import dev.tidemark.cli.demo.WorkloadSettings;
import dev.tidemark.cli.demo.WorkloadState;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transaction.VisibleCells;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commands that are killed with SIGKILL or stopped with SIGSTOP, while the application runs in a process of its own against an
 * oracle in a third one's place. Afterwards everything is as if it had not happened. {@link KillMatrixIT} has every step, without the
 * application.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class KillIT {
    private static final long SEED = 20261121;
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);
    private static final WorkloadSettings WORKLOAD =
            WorkloadSettings.withSeed(1).withDocuments(200, 4096);

    private final Random random = new Random(SEED);
    private Path directory;
    private TimestampServer server;
    private Process workload;
    private BufferedReader workloadOutput;
    private int sites;

    @BeforeAll
    void startApplication(@TempDir Path directory) throws IOException {
        this.directory = directory;
        server = startServer(directory.resolve("oracle"));
        CommandRun.configure(directory);
        useServer(directory, server);
        workload = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkloadProcess.class.getName(),
                        directory.resolve("store").toString(),
                        server.endpoint().toString(),
                        "bank",
                        "1",
                        "1",
                        "new")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        workloadOutput = workload.inputReader();
        assertThat(workloadOutput.readLine()).isEqualTo("READY");
        succeed(directory, "archive init");
        succeed(directory, "backup bank");
    }

    @AfterAll
    void stopApplication() throws IOException, InterruptedException {
        workload.getOutputStream().close();
        try {
            List<String> rest = workloadOutput.lines().toList();
            assertThat(rest)
                    .as("no client saw an error")
                    .singleElement()
                    .asString()
                    .startsWith("TRANSFERS ");
            assertThat(workload.waitFor()).isZero();
        } finally {
            workload.destroyForcibly();
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "  copy: done")
    void backup_killedAfterAStep_theSameCommandCompletesIt(String where) throws IOException, InterruptedException {
        try (TidemarkProcess process = TidemarkProcess.start(directory, where, "backup", "bank")) {
            process.awaitPause().kill();
        }

        assertBackupIsCompleted();
    }

    @Test
    void backup_killedAtAnyMoment_theSameCommandCompletesIt() throws IOException, InterruptedException {
        for (int round = 0; round < 3; round++) {
            long millis = random.nextInt(400);
            try (TidemarkProcess process = TidemarkProcess.start(directory, "' begins", "backup", "bank")) {
                process.awaitPause().goOn();
                process.killAfter(millis);
            }

            assertBackupIsCompleted();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "  clean: done")
    void restore_killedAfterAStep_resumeCompletesItAndUntilThenTheStoreIsClosed(String where)
            throws IOException, InterruptedException {
        Path site = newSite();
        String backup = latest();
        try (TidemarkProcess process = TidemarkProcess.start(site, where, "restore", "bank", "--backup", backup)) {
            process.awaitPause().kill();
        }
        assertThatThrownBy(() -> RocksDbStore.open(RocksDbOptions.of(site.resolve("store"), SCHEMAS)))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RESTORE_INCOMPLETE));
        assertThat(run(site, "digest bank --at 5").exitCode()).isIn(12, 22, 35);

        succeed(site, "resume bank");

        assertRestored(site, backup);
    }

    @Test
    void restore_killedAtAnyMoment_theSameCommandCompletesIt() throws IOException, InterruptedException {
        String backup = latest();
        for (int round = 0; round < 3; round++) {
            Path site = newSite();
            long millis = random.nextInt(500);
            try (TidemarkProcess process =
                    TidemarkProcess.start(site, "' begins", "restore", "bank", "--backup", backup)) {
                process.awaitPause().goOn();
                process.killAfter(millis);
            }

            CommandRun again = run(site, "restore bank --backup " + backup);

            // It may have ended before it was killed; then the store is full, and the command says so.
            assertThat(again.exitCode()).as(again.err()).isIn(0, ErrorCode.STORE_NOT_EMPTY.exitCode());
            assertRestored(site, backup);
        }
    }

    @Test
    void backup_stoppedUntilAnotherHasCompletedIt_changesNothingWhenItGoesOn()
            throws IOException, InterruptedException {
        try (TidemarkProcess process = TidemarkProcess.start(directory, "  copy: done", "backup", "bank")) {
            process.awaitPause().stop();
            JsonNode other = succeed(directory, "backup bank");
            assertThat(other.get("resumed").asBoolean()).isTrue();
            JsonNode before = succeed(directory, "backups");

            process.continueStopped();
            process.goOn();

            assertThat(process.awaitExit()).as(process.errors()).isEqualTo(ErrorCode.FENCED_OUT.exitCode());
            assertThat(succeed(directory, "backups")).isEqualTo(before);
        }
        assertNothingIsLeft();
    }

    @Test
    void restore_stoppedUntilAnotherHasCompletedIt_changesNothingWhenItGoesOn()
            throws IOException, InterruptedException {
        String backup = latest();
        Path site = newSite();
        try (TimestampServer another = startServer(site.resolve("served-oracle"));
                TidemarkProcess process = TidemarkProcess.start(
                        useServer(site, another), "  load: done", "restore", "bank", "--backup", backup)) {
            process.awaitPause().stop();
            succeed(site, "resume bank");

            process.continueStopped();
            process.goOn();

            assertThat(process.awaitExit()).as(process.errors()).isEqualTo(ErrorCode.FENCED_OUT.exitCode());
            assertRestored(site, backup);
        }
    }

    private void assertBackupIsCompleted() throws IOException {
        String backup = succeed(directory, "backup bank").get("backup").asText();

        assertNothingIsLeft();
        assertThat(run(directory, "verify bank --level 2 --backup " + backup).exitCode())
                .isZero();
        Path site = newSite();
        succeed(site, "restore bank --backup " + backup);
        assertRestored(site, backup);
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(names(directory.resolve("store/snapshots"))).isEmpty();
        assertThat(names(directory.resolve("archive/tmp"))).isEmpty();
        assertThat(succeed(directory, "operations").get("operations"))
                .noneMatch(operation -> operation.get("outcome").asText().equals("unfinished"));
    }

    private void assertRestored(Path site, String backup) throws IOException {
        long timestamp =
                succeed(site, "show bank " + backup).get("backupTimestamp").asLong();
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(site.resolve("store"), SCHEMAS))) {
            WorkloadState state =
                    WorkloadState.read(VisibleCells.at(timestamp, store.cells(), store.transactionTable()));
            assertThat(state.check(WORKLOAD)).as("seed " + SEED).allMatch(Check::isPassed);
        }
        assertThat(names(site.resolve("store/restore")))
                .as("nothing but the greatest epoch seen")
                .allMatch(name -> name.startsWith(".epoch-"));
        long fresh = succeed(site, "timestamp fetch").get("timestamp").asLong();
        assertThat(fresh).isGreaterThan(timestamp);
    }

    private String latest() {
        return succeed(directory, "show bank latest").get("backup").asText();
    }

    /** A place with nothing but the archive: store and oracle were lost. */
    private Path newSite() throws IOException {
        Path site = Files.createDirectory(directory.resolve("site-" + sites++));
        CommandRun.configure(site);
        edit(site, "directory: archive", "directory: ../archive");
        return site;
    }

    private static TimestampServer startServer(Path oracle) {
        TimestampServiceSettings settings = TimestampServiceSettings.of(oracle).withNamespaces("bank");
        return TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private static Path useServer(Path site, TimestampServer server) throws IOException {
        edit(site, "  type: file\n  directory: oracle", "  type: http\n  urls: [" + server.endpoint() + "]");
        return site;
    }

    private static void edit(Path site, String text, String replacement) throws IOException {
        Path config = site.resolve("tidemark.yml");
        String edited = Files.readString(config).replace(text, replacement);
        String operations = "operations:\n  lockLease: PT1S\n";
        Files.writeString(config, edited.contains(operations) ? edited : edited + operations);
    }

    private static List<String> names(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static JsonNode succeed(Path directory, String line) {
        CommandRun run = run(directory, line + " --json");
        assertThat(run.exitCode()).as(line + ": " + run.out() + run.err()).isZero();
        return run.json();
    }

    private static CommandRun run(Path directory, String line) {
        return CommandRun.in(directory, line.split(" "));
    }
}
