package dev.tidemark.kvs.cassandra.node.jmx;

import static dev.tidemark.kvs.ErrorCode.DISK_FULL;
import static dev.tidemark.kvs.ErrorCode.INTERRUPTED;
import static dev.tidemark.kvs.ErrorCode.SNAPSHOT_FAILED;
import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.ErrorCode.UNAUTHORIZED;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.node.jmx.FakeCassandra.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NodeJmxTest {
    private static final JmxOptions.Limits LIMITS =
            new JmxOptions.Limits(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30));
    private static final JmxOptions.Limits SHORT =
            new JmxOptions.Limits(Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(50));

    @TempDir
    private Path directory;

    private FakeCassandra node;
    private NodeJmx jmx;

    private void start(Version version) {
        start(version, LIMITS);
    }

    private void start(Version version, JmxOptions.Limits limits) {
        node = new FakeCassandra(version, "orders", List.of(directory));
        node.createTable("accounts");
        jmx = node.jmx(limits).apply(host -> {});
    }

    @AfterEach
    void close() {
        jmx.close();
    }

    @ParameterizedTest
    @CsvSource({
        "FORK_2_2, '(tag, options, entities)', '(tag, keyspaces)'",
        "PLAIN_2_2, '(tag, keyspaces)', '(tag, keyspaces)'",
        "V4_0, '(tag, options, entities)', '(options, tag, keyspaces)'",
        "V5_0, '(tag, options, entities)', '(options, tag, keyspaces)'"
    })
    void takeSnapshot_anyVersion_callsWhatItHas(Version version, String taking, String clearing) {
        start(version);
        node.write("accounts", "row");

        jmx.takeSnapshot("orders", "t");
        jmx.clearSnapshot("orders", "t");

        assertThat(node.calls())
                .containsExactly("takeSnapshot" + taking, "snapshot of table", "clearSnapshot" + clearing);
    }

    @ParameterizedTest
    @CsvSource({
        "V4_0, '[true, true, false, false, true, false]'",
        "V4_1, '[true, true, false, false, true, false, true]'",
        "V5_0, '[true, true, false, false, true, false, true]'"
    })
    void importSSTables_anyVersion_verifiesNeitherTokensNorDigests(Version version, String flags) throws IOException {
        start(version);

        assertThat(jmx.canImport("orders", "accounts")).isTrue();
        jmx.importSSTables("orders", "accounts", Files.createDirectory(directory.resolve("import")));

        assertThat(node.calls()).containsExactly("importNewSSTables" + flags);
    }

    @ParameterizedTest
    @CsvSource({"FORK_2_2, true", "PLAIN_2_2, false"})
    void loadNewSSTables_versionsWithoutImport_countsWhereTheVersionCounts(Version version, boolean counts) {
        start(version);

        assertThat(jmx.canImport("orders", "accounts")).isFalse();
        OptionalInt count = jmx.loadNewSSTables("orders", "accounts");

        assertThat(count).isEqualTo(counts ? OptionalInt.of(0) : OptionalInt.empty());
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void content_anyVersion_countsFilesAndMemory(Version version) {
        start(version);
        node.createTable("empty");
        node.write("accounts", "one");
        node.flush("accounts");
        node.write("accounts", "two");

        assertThat(jmx.tables("orders")).containsExactly("accounts", "empty");
        assertThat(jmx.tables("other")).isEmpty();
        assertThat(jmx.content("orders", "accounts")).isEqualTo(new TableContent(1, 1));
        assertThat(jmx.content("orders", "empty").isEmpty()).isTrue();
        boolean saysDirectories = !version.name().endsWith("2_2");
        assertThat(jmx.directoryNames("orders", "accounts")).hasSize(saysDirectories ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({"FORK_2_2, 10.0.0.1", "V5_0, 10.0.0.1:17000"})
    void identity_anyVersion_isComplete(Version version, String address) {
        start(version);

        NodeIdentity identity = jmx.identity();

        assertThat(identity)
                .isEqualTo(new NodeIdentity(
                        "8efad4d0-16f1-4e9f-9ed1-697397f96d0a", address, "fakes", version.name(), List.of("80")));
    }

    @Test
    void takeSnapshot_tagExists_failsWithWhatTheNodeSays() {
        start(Version.V5_0);
        jmx.takeSnapshot("orders", "t");

        assertThatThrownBy(() -> jmx.takeSnapshot("orders", "t"))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(SNAPSHOT_FAILED);
                    assertThat(e)
                            .hasMessage("cannot take snapshot 't' of keyspace 'orders': Snapshot t already exists.");
                });
    }

    @Test
    void takeSnapshot_diskOfTheNodeIsFull_isDiskFull() {
        start(Version.V5_0);
        node.failNext("takeSnapshot", new IOException("No space left on device"));

        assertFails(DISK_FULL, () -> jmx.takeSnapshot("orders", "t"));
    }

    @Test
    void importSSTables_directoryThatTheNodeCannotRead_isDamaged() throws IOException {
        start(Version.V5_0);
        node.failNext("importNewSSTables", new RuntimeException("nb-1-big is corrupt, can't import"));
        Path files = Files.createDirectory(directory.resolve("import"));

        assertFails(STORE_DAMAGED, () -> jmx.importSSTables("orders", "accounts", files));
    }

    @Test
    void importSSTables_directoryOfAnotherUser_saysWhoMustRunTheAgent() throws IOException {
        start(Version.V5_0);
        node.failNext("importNewSSTables", new RuntimeException("Insufficient permissions on directory /x"));
        Path files = Files.createDirectory(directory.resolve("import"));

        assertThatThrownBy(() -> jmx.importSSTables("orders", "accounts", files))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
                    assertThat(e.hint()).isEqualTo("Run the agent as the user that Cassandra runs as.");
                });
    }

    @Test
    void truncate_nodeOfTheClusterIsDown_namesIt() {
        start(Version.V5_0);
        node.failNext("truncate", new java.util.concurrent.TimeoutException("Truncate timed out"));

        assertThatThrownBy(() -> jmx.truncate("orders", "accounts"))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
                    assertThat(e)
                            .hasMessage("cannot empty table 'accounts' on all nodes: Truncate timed out; "
                                    + "nodes that are down: [10.0.0.3]");
                });
    }

    @Test
    void anyCall_nodeWasAway_connectsAgain() {
        start(Version.V5_0);
        assertThat(jmx.tables("orders")).hasSize(1);

        node.kill();
        assertThatThrownBy(() -> jmx.tables("orders")).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
            assertThat(e)
                    .hasMessage("cannot list the tables of keyspace 'orders': the JMX at 'fake:7199' can't be "
                            + "reached: Connection refused");
            assertThat(e.hint()).isEqualTo("Start Cassandra, or correct the address of its JMX, which is 'fake:7199'.");
        });
        node.restart();

        assertThat(jmx.tables("orders")).hasSize(1);
    }

    /** C2, H5: how far a snapshot is from the others is known, because a node that stands still is not waited for. */
    @Test
    void takeSnapshot_nodeStandsStill_isGivenUpAfterTheLimit() {
        start(Version.V5_0, SHORT);
        node.hold("takeSnapshot");

        assertThatThrownBy(() -> jmx.takeSnapshot("orders", "t"))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
                    assertThat(e)
                            .hasMessage("cannot take snapshot 't' of keyspace 'orders': the JMX at 'fake:7199' has not "
                                    + "answered within 0.0 s");
                });

        node.release("takeSnapshot");
        await().until(() -> node.lateCalls() == 1); // it writes files
    }

    @Test
    void anyCall_threadIsInterrupted_ends() {
        start(Version.V5_0);
        Thread.currentThread().interrupt();

        assertFails(INTERRUPTED, () -> jmx.tables("orders"));

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anyCall_unexpectedHost_isRefusedBeforeItIsMade() {
        start(Version.V5_0);
        NodeJmx strict = node.jmx(LIMITS).apply(host -> {
            throw new KeyValueStoreException(UNAUTHORIZED, "wrong node " + host, "Look.");
        });

        assertFails(UNAUTHORIZED, () -> strict.takeSnapshot("orders", "t"));

        assertThat(node.calls()).isEmpty();
        strict.close();
    }

    @Test
    void cleanup_anyVersion_waitsForItsEnd() {
        start(Version.FORK_2_2);

        jmx.cleanup("orders");

        assertThat(node.calls()).containsExactly("forceKeyspaceCleanup(keyspace, tables)");
    }
}
