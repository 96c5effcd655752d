package dev.tidemark.kvs.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store between real processes: an owner that writes, is killed, or is asked for snapshots. */
class RocksDbProcessIT {
    private static final TableName ENTRIES = TableName.of("_transactions2");
    private static final TableName CELLS = TableName.of("accounts");
    private static final int ACKNOWLEDGED_BEFORE_KILL = 200;

    @TempDir
    private Path parent;

    private Process owner;

    @AfterEach
    void endOwner() throws InterruptedException {
        if (owner != null) {
            owner.toHandle().destroyForcibly(); // leaves its output readable
            assertThat(owner.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Covers A16: what was acknowledged is there after the death of the owner, and so are the cells that were put before. */
    @Test
    void putUnlessExists_ownerKilled_everyAcknowledgedEntryAndItsCellsAreThere() throws Exception {
        Path directory = parent.resolve("store");
        long acknowledged = 0;
        try (BufferedReader lines = startOwner(directory)) {
            while (acknowledged < ACKNOWLEDGED_BEFORE_KILL) {
                acknowledged = Long.parseLong(lines.readLine());
            }
            owner.toHandle().destroyForcibly(); // leaves its output readable
            assertThat(owner.waitFor(30, TimeUnit.SECONDS)).isTrue();
            for (String line = lines.readLine(); isNumber(line); line = lines.readLine()) {
                acknowledged = Long.parseLong(line);
            }
        }

        assertThat(directory.resolve("owner.json")).exists();
        try (RocksDbStore store = RocksDbStore.open(options(directory))) {
            for (long start = 1; start <= acknowledged; start++) {
                Cell cell = Cell.of(Bytes.ofLong(start), Bytes.EMPTY);
                assertThat(store.cells().getLatest(ENTRIES, Set.of(cell), 0))
                        .isEqualTo(Map.of(cell, new Version(0, Bytes.ofLong(start + 1))));
                assertThat(store.cells().getLatest(CELLS, Set.of(cell), start)).containsKey(cell);
            }
        }
    }

    @Test
    void open_ownerIsAnotherProcess_isInUseWithItsId() throws Exception {
        Path directory = parent.resolve("store");
        try (BufferedReader lines = startOwner(directory)) {
            lines.readLine();

            assertThatThrownBy(() -> RocksDbStore.open(options(directory)))
                    .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.STORE_IN_USE);
                        assertThat(e.hint())
                                .contains(Long.toString(owner.pid()))
                                .contains(directory.toString());
                    });
        }
    }

    @Test
    void snapshot_ownerIsAnotherProcessThatWrites_holdsWhatWasAcknowledgedBefore() throws Exception {
        Path directory = parent.resolve("store");
        Path copy = parent.resolve("copy");
        long acknowledged;
        try (BufferedReader lines = startOwner(directory);
                StoreCluster cluster = connectWhenReady(lines, directory)) {
            acknowledged = Long.parseLong(lines.readLine());
            long begin = System.nanoTime();
            cluster.nodes().get(0).snapshot(new SnapshotTag("remote"));
            System.out.printf("snapshot through the owner took %.1f ms%n", (System.nanoTime() - begin) / 1e6);
            assertThat(cluster.describe().tables()).contains(ENTRIES, CELLS);
            assertThat(Long.parseLong(lines.readLine())).isGreaterThan(acknowledged);
            assertThat(owner.isAlive()).isTrue();
            copy(directory.resolve("snapshots/remote/files"), copy.resolve("data"));
            cluster.nodes().get(0).drop(new SnapshotTag("remote"));
            assertThat(cluster.nodes().get(0).snapshots()).isEmpty();
        }

        try (RocksDbStore store = RocksDbStore.open(options(copy))) {
            for (long start = 1; start <= acknowledged; start++) {
                Cell cell = Cell.of(Bytes.ofLong(start), Bytes.EMPTY);
                assertThat(store.cells().getLatest(ENTRIES, Set.of(cell), 0)).containsKey(cell);
                assertThat(store.cells().getLatest(CELLS, Set.of(cell), start)).containsKey(cell);
            }
        }
    }

    @Test
    void snapshot_ownerIsStoppedBySignal_failsInsteadOfWaitingForIt() throws Exception {
        Path directory = parent.resolve("store");
        try (BufferedReader lines = startOwner(directory)) {
            lines.readLine();
            assertThat(new ProcessBuilder("sh", "-c", "kill -STOP " + owner.pid())
                            .start()
                            .waitFor())
                    .isZero();
            RocksDbConnection connection = new RocksDbConnection(
                    options(directory),
                    duration -> {},
                    new OwnerClient.Patience(Duration.ofSeconds(2), Duration.ofMillis(200), Duration.ofMillis(200)));

            assertThatThrownBy(() -> connection.node().snapshot(new SnapshotTag("remote")))
                    .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_FAILED);
                        assertThat(e.hint()).contains(Long.toString(owner.pid()));
                    });
        }
    }

    private BufferedReader startOwner(Path directory) throws IOException {
        owner = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines = owner.inputReader(StandardCharsets.UTF_8);
        assertThat(lines.readLine()).isEqualTo("ready");
        return lines;
    }

    private static StoreCluster connectWhenReady(BufferedReader lines, Path directory) throws IOException {
        lines.readLine();
        return RocksDbConnector.to(directory).connect();
    }

    private static boolean isNumber(String line) {
        return line != null && line.matches("[0-9]+");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static RocksDbOptions options(Path directory) {
        return RocksDbOptions.of(directory, TransactionsSchemaMap.always(2));
    }

    /** Writes cells and entries as transactions do, and says which entries it has put. */
    static final class Owner {
        private Owner() {}

        public static void main(String[] arguments) {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            RocksDbStore store = RocksDbStore.open(options(Path.of(arguments[0])));
            store.cells().createTable(ENTRIES);
            store.cells().createTable(CELLS);
            out.println("ready");
            for (long start = 1; !out.checkError(); start++) {
                Cell cell = Cell.of(Bytes.ofLong(start), Bytes.EMPTY);
                store.cells().put(CELLS, Map.of(cell, Bytes.wrap(new byte[300])), start);
                store.cells().putUnlessExists(ENTRIES, cell, Bytes.ofLong(start + 1));
                out.println(start);
            }
        }
    }
}
