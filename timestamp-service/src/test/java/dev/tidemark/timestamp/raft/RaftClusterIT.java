package dev.tidemark.timestamp.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that come, go, and lose their data, all in this process. */
class RaftClusterIT {
    private static final BoundState LATER = new BoundState(3, 2_000_000, "");

    @TempDir
    private Path directory;

    private final List<RaftBoundStore> open = new ArrayList<>();

    @AfterEach
    void closeStores() {
        open.forEach(RaftBoundStore::close);
    }

    @Test
    void open_emptyDirectory_isRefused() throws Exception {
        RaftServers servers = new RaftServers(directory, 3);

        assertThatThrownBy(() -> open(servers.settings(1, RaftSettings.Start.WITH_DATA)))
                .isInstanceOfSatisfying(TimestampException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat(e.hint()).contains("join: true").contains("create-cluster");
                });
    }

    @Test
    void createCluster_directoryWithData_isRefused() throws Exception {
        RaftServers servers = new RaftServers(directory, 1);
        servers.create();

        assertFails(ErrorCode.NOT_ALLOWED_NOW, servers::create);
    }

    @Test
    void open_anotherServersDirectory_isRefused() throws Exception {
        RaftServers servers = new RaftServers(directory, 2);
        servers.create();
        Files.move(servers.data(0), servers.data(1));

        assertFails(ErrorCode.INVALID_CONFIGURATION, () -> open(servers.settings(1)));
    }

    @Test
    void open_directoryOfARunningServer_isRefused() throws Exception {
        RaftServers servers = new RaftServers(directory, 1);
        servers.create();
        open(servers.settings(0));

        assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> open(servers.settings(0)));
    }

    @Test
    void open_serverThatLostItsData_joinsAnewAndCanCarryTheCluster() throws Exception {
        RaftServers servers = new RaftServers(directory, 3);
        servers.create();
        open.addAll(servers.openAll());
        open.get(0).create("orders", LATER);
        open.get(2).close();
        delete(servers.data(2));
        open.get(0).create("stock", LATER);

        RaftBoundStore joined = open(servers.settings(2));
        open.get(0).close();

        assertThat(joined.namespaces()).containsExactly("orders", "stock");
        assertThat(joined.read("orders")).isEqualTo(LATER);
        joined.compareAndSet("orders", LATER, LATER.withBound(3_000_000));
        assertThat(open.get(1).read("orders").bound()).isEqualTo(3_000_000);
    }

    @Test
    void open_serverInPlaceOfAnother_takesItsPart() throws Exception {
        RaftServers servers = new RaftServers(directory, 4);
        servers.create();
        List<RaftServerAddress> all = servers.addresses();
        for (int i = 0; i < 3; i++) {
            open(servers.settings(i, all.subList(0, 3), RaftSettings.Start.JOIN));
        }
        open.get(0).create("orders", LATER);
        open.get(2).close();

        open(servers.settings(3, List.of(all.get(0), all.get(1), all.get(3)), RaftSettings.Start.JOIN));
        open.get(1).close();

        assertThat(open.get(3).read("orders")).isEqualTo(LATER);
        assertThat(open.get(0).read("orders")).isEqualTo(LATER);
    }

    @Test
    void open_secondFounder_isNotTakenForTheCluster() throws Exception {
        RaftServers servers = new RaftServers(directory, 3);
        servers.create();
        RaftBoundStore.createCluster(servers.settings(1), new UUID(7, 7));
        open(servers.settings(0, servers.addresses().subList(0, 1), RaftSettings.Start.JOIN));
        open(servers.settings(1, servers.addresses().subList(1, 2), RaftSettings.Start.JOIN));

        assertThatThrownBy(() -> open(servers.settings(2))).hasMessageContaining("different clusters");
    }

    @Test
    void open_logOrSnapshotDamaged_isRefused() throws Exception {
        RaftServers running = new RaftServers(directory.resolve("running"), 1);
        running.create();
        RaftBoundStore store = open(running.settings(0));
        store.create("orders");
        store.create("stock");
        RaftServers crashed = running.copiedTo(directory.resolve("crashed"));
        store.close();
        RaftServers stopped = running.copiedTo(directory.resolve("stopped"));

        Path segment = find(crashed.data(0), "log_inprogress_0");
        byte[] bytes = Files.readAllBytes(segment);
        int used = used(bytes);
        for (int i = 8; i < used; i += 5) {
            byte[] flipped = bytes.clone();
            flipped[i] ^= 0x10;
            Files.write(segment, flipped);
            assertFails("byte " + i + " of " + used, ErrorCode.BOUND_STORE_DAMAGED, () -> check(crashed));
        }
        for (int length : new int[] {0, 8, used / 2, used - 30}) {
            Files.write(segment, Arrays.copyOf(bytes, length));
            assertFails("cut to " + length + " of " + used, ErrorCode.BOUND_STORE_DAMAGED, () -> check(crashed));
        }
        Files.delete(segment);
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> open(crashed.settings(0)));

        Path snapshot = find(stopped.data(0), "snapshot.");
        byte[] whole = Files.readAllBytes(snapshot);
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        Files.write(snapshot, flipped);
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> open(stopped.settings(0)));
        Files.write(snapshot, whole);
        RaftBoundStore again = open(stopped.settings(0));
        assertThat(again.namespaces()).containsExactly("orders", "stock");
    }

    @Test
    void open_allLogsCutOff_isRefusedByAll() throws Exception {
        RaftServers servers = new RaftServers(directory.resolve("servers"), 3);
        servers.create();
        open.addAll(servers.openAll());
        for (int i = 0; i < 50; i++) {
            open.get(i % 3).create("n-" + i, LATER);
        }
        open.forEach(RaftBoundStore::close);
        for (int i = 0; i < 3; i++) {
            delete(find(servers.data(i), "snapshot.").getParent());
            Path segment = find(servers.data(i), "log_inprogress_");
            byte[] bytes = Files.readAllBytes(segment);
            Files.write(segment, Arrays.copyOf(bytes, used(bytes) / 2));
        }

        for (int i = 0; i < 3; i++) {
            RaftSettings settings = servers.settings(i);
            assertThatThrownBy(() -> open(settings)).isInstanceOfSatisfying(TimestampException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.BOUND_STORE_DAMAGED);
                assertThat(e.hint()).contains("join: true").contains("timestamp-raft.rst");
            });
        }
    }

    @Test
    void open_noMajority_isRefusedAfterAWhile() throws Exception {
        RaftServers servers = new RaftServers(directory, 2);
        servers.create();
        servers.openAll().forEach(RaftBoundStore::close);
        RaftTimes shortly = new RaftTimes(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(200));

        assertFails(
                ErrorCode.ORACLE_UNAVAILABLE,
                () -> open(servers.settings(0, servers.addresses(), RaftSettings.Start.WITH_DATA, shortly)));
    }

    @Test
    void send_afterTheDiskWasFull_isRefusedForGood() throws Exception {
        RaftServers servers = new RaftServers(directory, 1);
        servers.create();
        List<Throwable> told = new ArrayList<>();
        IOException full = new IOException("log can't be written", new IOException("No space left on device"));
        ClusterMember member = ClusterMember.start(servers.settings(0), RaftSeams.system());
        try (Commands commands = new Commands(servers.settings(0), RaftSeams.system(), member)) {
            commands.openSession(Duration.ofSeconds(20));
            commands.done(new Command.Leader());

            new BoundStateMachine(null, told::add).notifyLogFailed(full, null);
            told.forEach(member::fail);

            assertFails(ErrorCode.DISK_FULL, () -> commands.done(new Command.Leader()));
            assertFails(ErrorCode.DISK_FULL, () -> commands.done(new Command.Namespaces()));
        } finally {
            member.close();
        }
    }

    @Test
    void apply_entryThatIsNotTheNext_stopsTheServer() {
        List<Throwable> told = new ArrayList<>();
        BoundStateMachine machine = new BoundStateMachine(null, told::add);

        assertThatThrownBy(() -> machine.notifyTermIndexUpdated(1, 1)).hasMessageContaining("expected: 0");
        assertThat(told).hasSize(1);
    }

    private RaftBoundStore open(RaftSettings settings) {
        RaftBoundStore store = RaftBoundStore.open(settings, RaftSeams.system());
        open.add(store);
        return store;
    }

    private static void check(RaftServers servers) throws IOException {
        Path data = servers.data(0);
        ServerIdentity identity = ServerIdentity.read(data).orElseThrow();
        StoredLog.check(new RaftFiles(data).group(identity.cluster()), Watermark.read(data));
    }

    /** Returns where the zeros begin that a file of the log ends with. */
    private static int used(byte[] bytes) {
        int used = bytes.length;
        while (bytes[used - 1] == 0) {
            used--;
        }
        return used;
    }

    private static Path find(Path directory, String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .filter(file -> !file.toString().endsWith(".md5"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertFails("the call", code, call);
    }

    private static void assertFails(String what, ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).as(what).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
