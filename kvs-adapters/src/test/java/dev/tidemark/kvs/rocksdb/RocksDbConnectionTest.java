package dev.tidemark.kvs.rocksdb;

import static dev.tidemark.kvs.ErrorCode.INVALID_INPUT;
import static dev.tidemark.kvs.ErrorCode.STORE_IN_USE;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.RemoteSnapshots;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbConnectionTest {
    private static final TableName TABLE = TableName.of("accounts");
    private static final SnapshotTag TAG = new SnapshotTag("tag");
    private static final OwnerClient.Patience PATIENCE =
            new OwnerClient.Patience(Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(20));
    private static final OwnerClient.Patience SHORT_PATIENCE =
            new OwnerClient.Patience(Duration.ofSeconds(2), Duration.ofMillis(50), Duration.ofMillis(50));
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));

    @TempDir
    private Path directory;

    @Test
    void connect_noStore_isUnavailableAndCreatesNothing() {
        Path missing = directory.resolve("missing");

        assertFails(STORE_UNAVAILABLE, () -> RocksDbConnector.to(missing).connect());
        assertThat(missing).doesNotExist();
    }

    @Test
    void connect_storeAtRest_describesWithoutChangingAFile() throws IOException {
        open().close();
        Map<Path, Object> before = filesOf(directory.resolve("data"));

        try (StoreCluster cluster = connector().connect()) {
            assertThat(cluster.describe().type()).isEqualTo("rocksdb");
            assertThat(cluster.describe().version()).startsWith("11.");
            assertThat(cluster.describe().tables()).contains(TABLE);
            assertThat(cluster.check()).noneMatch(StoreCluster.Problem::isBlocking);
            cluster.nodes().get(0).snapshot(TAG);
        }

        assertThat(filesOf(directory.resolve("data"))).isEqualTo(before);
    }

    @Test
    void connect_storeAtRest_leavesItToAnApplicationThatStarts() {
        open().close();

        try (StoreCluster cluster = connector().connect();
                RocksDbStore application = open()) {
            application.cells().put(TABLE, Map.of(CELL, Bytes.utf8("v")), 1);
            assertThat(cluster.describe()).isEqualTo(application.cluster().describe());
            cluster.nodes().get(0).snapshot(TAG);
            assertThat(application.node().snapshots()).containsExactly(TAG);
            application.close();
            cluster.nodes().get(0).snapshot(new SnapshotTag("at-rest"));
            assertThat(cluster.cells().getLatest(TABLE, Set.of(CELL), 1)).containsKey(CELL);
        }
        open().close();
    }

    @Test
    void cells_storeAtRest_areWritableUntilClosed() {
        open().close();
        StoreCluster cluster = connector().connect();

        cluster.cells().putUnlessExists(TABLE, CELL, Bytes.utf8("v"));

        assertFails(STORE_IN_USE, this::open);
        assertThat(cluster.describe().tables()).contains(TABLE);
        cluster.nodes().get(0).snapshot(TAG);
        cluster.close();
        try (RocksDbStore store = open()) {
            assertThat(store.cells().getLatest(TABLE, Set.of(CELL), 0)).containsKey(CELL);
        }
    }

    @Test
    void cells_storeWithOwner_areInUseWithItsProcessId() {
        try (RocksDbStore application = open();
                StoreCluster cluster = connector().connect()) {
            assertThatThrownBy(cluster::cells).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                assertThat(e.code()).isEqualTo(STORE_IN_USE);
                assertThat(e.hint())
                        .contains(Long.toString(ProcessHandle.current().pid()))
                        .contains(directory.toString());
            });
            assertFails(STORE_IN_USE, cluster::transactionTable);
            assertThat(application.cells().tables()).contains(TABLE);
        }
    }

    @Test
    void connect_ownerThatRefuses_isInUseAtOnce() {
        try (RocksDbStore application = RocksDbStore.open(options().withRemoteSnapshots(RemoteSnapshots.REFUSED))) {
            assertFails(STORE_IN_USE, () -> RocksDbConnector.to(directory, duration -> {
                        throw new AssertionError("waits");
                    })
                    .connect());
            assertThat(application.cells().tables()).isNotEmpty();
        }
    }

    @Test
    void over_openStore_givesItsCellsAndLeavesItOpen() {
        try (RocksDbStore store = open()) {
            try (StoreCluster cluster = RocksDbConnector.over(store).connect()) {
                cluster.cells().putUnlessExists(TABLE, CELL, Bytes.utf8("v"));
            }
            assertThat(store.cells().getLatest(TABLE, Set.of(CELL), 0)).containsKey(CELL);
        }
    }

    @Test
    void open_whileSomebodyVisits_waits() {
        open().close();
        StoreDirectory place = new StoreDirectory(directory);
        DirectoryLock visitor = DirectoryLock.tryAcquire(place.root(), DirectoryLock.Use.VISITING)
                .orElseThrow();
        AtomicInteger waits = new AtomicInteger();

        try (RocksDbStore store = RocksDbStore.open(options(), new Random(1), duration -> {
            if (waits.incrementAndGet() == 3) {
                visitor.close();
            }
        })) {
            assertThat(store.cells().tables()).contains(TABLE);
        }

        assertThat(waits).hasValue(3);
    }

    @Test
    void open_visitorThatStays_isInUseAfterBoundedWaits() {
        open().close();
        AtomicInteger waits = new AtomicInteger();

        try (DirectoryLock visitor =
                DirectoryLock.tryAcquire(directory, DirectoryLock.Use.VISITING).orElseThrow()) {
            assertFails(
                    STORE_IN_USE,
                    () -> RocksDbStore.open(options(), new Random(1), duration -> waits.incrementAndGet()));
        }

        assertThat(waits).hasValue(DirectoryLock.maxAttempts());
    }

    @Test
    void open_interruptedWhileItWaits_stopsAndKeepsTheFlag() {
        open().close();

        try (DirectoryLock visitor =
                DirectoryLock.tryAcquire(directory, DirectoryLock.Use.VISITING).orElseThrow()) {
            assertFails(
                    ErrorCode.INTERRUPTED,
                    () -> RocksDbStore.open(options(), new Random(1), duration -> {
                        throw new InterruptedException();
                    }));
        }

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void ownerFile_openStore_isReadableByItsUserAloneAndGoneAfterwards() throws IOException {
        Path file = directory.resolve("owner.json");
        try (RocksDbStore store = open()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            OwnerFile owner = OwnerFile.read(store.directory()).orElseThrow();
            assertThat(owner.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(owner.token()).hasSize(64);
            assertThat(owner.toString()).doesNotContain(owner.token());
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void ownerFile_ofADeadProcess_isIgnoredForAStoreAtRestAndReplacedByTheNextOwner() throws IOException {
        open().close();
        String stale = "{\"pid\":1,\"port\":9,\"token\":\"00\"}";
        Files.writeString(directory.resolve("owner.json"), stale);

        try (StoreCluster cluster = connector().connect()) {
            assertThat(cluster.describe().tables()).contains(TABLE);
        }
        try (RocksDbStore store = open();
                StoreCluster cluster = connector().connect()) {
            assertThat(OwnerFile.read(store.directory()).orElseThrow().port()).isNotEqualTo(9);
            assertThat(cluster.describe().tables()).contains(TABLE);
        }
    }

    @Test
    void connect_lockHeldAndNobodyAnswers_isInUseAfterBoundedWaits() throws IOException {
        open().close();
        StoreDirectory place = new StoreDirectory(directory);
        AtomicInteger waits = new AtomicInteger();
        int freePort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = socket.getLocalPort();
        }
        new OwnerFile(1, freePort, "00").write(place);

        try (DirectoryLock owner = DirectoryLock.tryAcquire(place.root(), DirectoryLock.Use.SERVING)
                .orElseThrow()) {
            assertFails(STORE_IN_USE, () -> RocksDbConnector.to(directory, duration -> waits.incrementAndGet())
                    .connect());
        }

        assertThat(waits).hasValue(DirectoryLock.maxAttempts());
    }

    @Test
    void snapshot_ownerListensAndDoesNotAnswer_failsAfterOneWait() throws IOException {
        open().close();
        StoreDirectory place = new StoreDirectory(directory);
        Sleeper never = duration -> {
            throw new AssertionError("tries again");
        };

        try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
                DirectoryLock owner = DirectoryLock.tryAcquire(place.root(), DirectoryLock.Use.SERVING)
                        .orElseThrow()) {
            new OwnerFile(4711, silent.getLocalPort(), "00").write(place);
            RocksDbConnection connection = new RocksDbConnection(options(), never, SHORT_PATIENCE);

            assertThatThrownBy(() -> connection.node().snapshot(TAG))
                    .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_FAILED);
                        assertThat(e.hint()).contains("4711");
                    });
            assertFails(STORE_UNAVAILABLE, connection::describe);
        }
    }

    @Test
    void snapshot_ownerDropsEveryConnection_isInUseAfterAFewAttempts() throws Exception {
        open().close();
        StoreDirectory place = new StoreDirectory(directory);
        AtomicInteger waits = new AtomicInteger();

        try (ServerSocket dropping = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
                DirectoryLock owner = DirectoryLock.tryAcquire(place.root(), DirectoryLock.Use.SERVING)
                        .orElseThrow()) {
            Thread server = new Thread(() -> dropAll(dropping));
            server.start();
            new OwnerFile(1, dropping.getLocalPort(), "00").write(place);
            RocksDbConnection connection =
                    new RocksDbConnection(options(), duration -> waits.incrementAndGet(), PATIENCE);

            assertFails(STORE_IN_USE, () -> connection.node().snapshot(TAG));

            assertThat(waits).hasValueLessThan(5);
            dropping.close();
            server.join();
        }
    }

    @Test
    void endpoint_callersThatSendHalfARequestOrNoBody_areCutOff() throws IOException {
        List<Socket> callers = new ArrayList<>();
        try (RocksDbStore store = open();
                SnapshotEndpoint endpoint =
                        SnapshotEndpoint.start(store.directory(), store, new Random(1), Duration.ofMillis(50))) {
            OwnerFile owner = OwnerFile.read(store.directory()).orElseThrow();
            String head = "GET /description HTTP/1.1\r\nHost: localhost\r\n";
            String headers = head + "Authorization: Bearer " + owner.token() + "\r\nContent-Length: 10\r\n\r\n";
            for (String part : List.of("G", head, headers, "GET", "P", head, headers, "POST /snap")) {
                Socket caller = new Socket(InetAddress.getLoopbackAddress(), owner.port());
                callers.add(caller);
                caller.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
            }

            OwnerClient client = new OwnerClient(owner, PATIENCE);
            assertThat(client.describe().tables()).contains(TABLE);
            client.snapshot(TAG);
            assertThat(store.node().snapshots()).containsExactly(TAG);
        } finally {
            for (Socket caller : callers) {
                caller.close();
            }
        }
    }

    private static void dropAll(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket caller = server.accept()) {
                caller.getInputStream().read();
            } catch (IOException e) {
                // The test closes the server.
            }
        }
    }

    @Test
    void endpoint_wrongOrMissingToken_isUnauthorizedAndDoesNothing() throws IOException {
        try (RocksDbStore store = open()) {
            OwnerFile owner = OwnerFile.read(store.directory()).orElseThrow();

            assertThat(status(owner, "POST", "/snapshots/tag", null)).isEqualTo(401);
            assertThat(status(owner, "POST", "/snapshots/tag", "Bearer " + "0".repeat(64)))
                    .isEqualTo(401);
            assertThat(status(owner, "GET", "/description", "Bearer")).isEqualTo(401);
            assertThat(store.node().snapshots()).isEmpty();
            assertThatThrownBy(() -> new OwnerClient(new OwnerFile(1, owner.port(), "00"), PATIENCE).describe())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("token");
        }
    }

    @Test
    void endpoint_otherRequests_areRefused() throws IOException {
        try (RocksDbStore store = open()) {
            OwnerFile owner = OwnerFile.read(store.directory()).orElseThrow();
            String authorization = "Bearer " + owner.token();

            assertThat(status(owner, "GET", "/", authorization)).isEqualTo(404);
            assertThat(status(owner, "GET", "/snapshots/tag", authorization)).isEqualTo(404);
            assertThat(status(owner, "POST", "/snapshots/..", authorization)).isEqualTo(INVALID_INPUT.httpStatus());
            assertThat(status(owner, "POST", "/snapshots/a%2Fb", authorization)).isEqualTo(INVALID_INPUT.httpStatus());
            assertThat(store.node().snapshots()).isEmpty();
        }
    }

    @Test
    void endpoint_errorOfTheOwner_arrivesWithCodeAndHint() throws IOException {
        try (RocksDbStore store = open();
                StoreCluster cluster = connector().connect()) {
            Files.writeString(directory.resolve("snapshots"), "in the way");

            assertThatThrownBy(() -> cluster.nodes().get(0).snapshot(TAG))
                    .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_FAILED);
                        assertThat(e.hint()).isNotEmpty();
                    });
            assertThat(store.cells().tables()).contains(TABLE);
        }
    }

    private static int status(OwnerFile owner, String method, String path, String authorization) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) new URL("http", "127.0.0.1", owner.port(), path).openConnection();
        connection.setRequestMethod(method);
        if (authorization != null) {
            connection.setRequestProperty("Authorization", authorization);
        }
        int status = connection.getResponseCode();
        connection.disconnect();
        return status;
    }

    private static Map<Path, Object> filesOf(Path place) throws IOException {
        Map<Path, Object> files = new HashMap<>();
        try (var entries = Files.newDirectoryStream(place)) {
            for (Path entry : entries) {
                files.put(entry, Files.getAttribute(entry, "unix:ino") + "/" + Files.getLastModifiedTime(entry));
            }
        }
        return files;
    }

    private RocksDbOptions options() {
        return RocksDbOptions.of(directory, TransactionsSchemaMap.always(3));
    }

    private RocksDbStore open() {
        RocksDbStore store = RocksDbStore.open(options());
        store.cells().createTable(TABLE);
        return store;
    }

    private RocksDbConnector connector() {
        return RocksDbConnector.to(directory);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
