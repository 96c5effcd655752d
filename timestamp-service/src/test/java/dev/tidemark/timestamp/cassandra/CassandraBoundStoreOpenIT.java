package dev.tidemark.timestamp.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Keyspaces that are created, found or refused. */
class CassandraBoundStoreOpenIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static CassandraSession session;

    @BeforeAll
    static void connect() {
        session = CassandraSession.open(BoundKeyspace.cql(CASSANDRA.servers()), Sleeper.system());
    }

    @AfterAll
    static void disconnect() {
        session.close();
    }

    /** As a group of servers does that is started for the first time. */
    @Test
    void open_severalAtOnceWithoutKeyspace_createsItOnce() throws Exception {
        CassandraBoundSettings settings = settings(Map.of(datacenter(), 1), false, true);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Future<CassandraBoundStore>> opening = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            opening.add(threads.submit(() -> CassandraBoundStore.open(settings, Sleeper.system())));
        }
        CassandraBoundStore first = opening.get(0).get();
        first.create("orders");
        for (Future<CassandraBoundStore> opened : opening) {
            assertThat(opened.get().read("orders")).isEqualTo(BoundState.INITIAL);
        }
        for (Future<CassandraBoundStore> opened : opening) {
            opened.get().close();
        }
        threads.shutdown();
    }

    @Test
    void open_noKeyspace_isRefused() {
        assertRefused(settings(Map.of(), false, true), ErrorCode.INVALID_CONFIGURATION, "there is no keyspace");
    }

    @Test
    void open_oneCopy_isRefusedBeforeAnythingIsCreated() {
        CassandraBoundSettings settings = settings(Map.of(datacenter(), 1), false, false);

        assertRefused(settings, ErrorCode.INVALID_CONFIGURATION, "replication");
        assertRefused(with(settings, Map.of(), false, true), ErrorCode.INVALID_CONFIGURATION, "there is no keyspace");
    }

    @Test
    void open_simpleStrategy_isRefusedUnlessAllowed() {
        CassandraBoundSettings settings = settings(Map.of(), false, false);
        session.change(
                "create a keyspace",
                "CREATE KEYSPACE " + settings.keyspace()
                        + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}");

        assertRefused(settings, ErrorCode.INVALID_CONFIGURATION, "SimpleStrategy");
    }

    @Test
    void open_otherTables_isRefused() {
        CassandraBoundSettings settings = settings(Map.of(datacenter(), 1), false, true);
        CassandraBoundStore.open(settings, Sleeper.system()).close();

        session.change("change a table", "ALTER TABLE " + settings.keyspace() + ".bounds ADD other int");
        assertRefused(settings, ErrorCode.INVALID_CONFIGURATION, "'bounds'");
        session.change("change a table", "ALTER TABLE " + settings.keyspace() + ".bounds DROP other");
        session.change(
                "change a table", "ALTER TABLE " + settings.keyspace() + ".leader WITH default_time_to_live = 60");
        assertRefused(settings, ErrorCode.INVALID_CONFIGURATION, "vanish after 60 s");
    }

    /** Servers that ask different replicas would all be elected. */
    @Test
    void open_otherReplicasAgree_isRefused() {
        CassandraBoundSettings settings = settings(Map.of(datacenter(), 1), false, true);
        CassandraBoundStore.open(settings, Sleeper.system()).close();
        assertRefused(
                with(settings, settings.replication(), true, true),
                ErrorCode.INVALID_CONFIGURATION,
                "all data centers");

        CassandraBoundSettings local = settings(Map.of(datacenter(), 1), true, true);
        try (CassandraBoundStore store = CassandraBoundStore.open(local, Sleeper.system())) {
            store.create("orders");
            store.compareAndSet("orders", BoundState.INITIAL, new BoundState(1, 5, ""));
            assertThat(store.read("orders").bound()).isEqualTo(5);
        }
        assertRefused(
                with(local, local.replication(), false, true),
                ErrorCode.INVALID_CONFIGURATION,
                "data center '" + datacenter() + "' alone");
    }

    @Test
    void open_laterFormat_isRefused() {
        CassandraBoundSettings settings = settings(Map.of(datacenter(), 1), false, true);
        CassandraBoundStore.open(settings, Sleeper.system()).close();
        session.change("nothing", "USE " + settings.keyspace());
        session.execute(
                "write a later version",
                session.prepare("write", "UPDATE " + settings.keyspace() + ".format SET version = 2 WHERE id = 0")
                        .bind());

        assertRefused(settings, ErrorCode.UNKNOWN_FORMAT_VERSION, "version 2");
    }

    @Test
    void open_nobodyListens_isUnavailable() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
            socket.close();

            assertRefused(
                    new CassandraBoundSettings(
                            CqlSettings.of(List.of(address), datacenter()), "oracle", Map.of(), false, true),
                    ErrorCode.ORACLE_UNAVAILABLE,
                    String.valueOf(address.getPort()));
        }
    }

    private static CassandraBoundSettings settings(
            Map<String, Integer> replication, boolean isSerialLocal, boolean allowsSingleReplica) {
        return new CassandraBoundSettings(
                BoundKeyspace.cql(CASSANDRA.servers()),
                CASSANDRA.servers().newKeyspaceName(),
                replication,
                isSerialLocal,
                allowsSingleReplica);
    }

    private static CassandraBoundSettings with(
            CassandraBoundSettings settings,
            Map<String, Integer> replication,
            boolean isSerialLocal,
            boolean allowsSingleReplica) {
        return new CassandraBoundSettings(
                settings.cql(), settings.keyspace(), replication, isSerialLocal, allowsSingleReplica);
    }

    private static String datacenter() {
        return CASSANDRA.servers().localDatacenter();
    }

    private static void assertRefused(CassandraBoundSettings settings, ErrorCode code, String text) {
        ThrowingCallable open =
                () -> CassandraBoundStore.open(settings, Sleeper.system()).close();
        assertThatThrownBy(open).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e).hasMessageContaining(text);
            assertThat(e.hint()).isNotEmpty();
        });
    }
}
