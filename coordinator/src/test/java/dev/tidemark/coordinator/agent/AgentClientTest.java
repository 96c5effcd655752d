package dev.tidemark.coordinator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tidemark.coordinator.agent.client.AgentClient;
import dev.tidemark.coordinator.agent.client.AgentClientSettings;
import dev.tidemark.coordinator.agent.client.AgentExpectation;
import dev.tidemark.coordinator.agent.client.RemoteNode;
import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.agent.service.AgentServer;
import dev.tidemark.coordinator.engine.SyntheticStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a coordinator makes of whoever answers, and the calls that only a node of Cassandra knows. */
class AgentClientTest {
    private static final NodeStatus UP = new NodeStatus(
            true,
            "",
            "production",
            "host-1",
            "5.0.9",
            List.of("-5", "7"),
            List.of(new ChangeMark(
                    new RestoreId("restore-1", 3), ChangeMark.Phase.KEPT, ChangeMark.Scope.TRANSACTIONS_TABLES)));
    private static final NodeStatus DOWN = NodeStatus.down("the JMX can't be reached", List.of());
    private static final RestoreId RESTORE = new RestoreId("restore-1", 4);

    @TempDir
    private Path directory;

    private final StoreNode node = new SyntheticStore(3, 10).targetNodes().get(0);
    private final AtomicReference<NodeStatus> status = new AtomicReference<>(UP);
    private final List<String> calls = new ArrayList<>();
    private TestAgents agents;
    private HttpServer stranger;

    @BeforeEach
    void start() {
        agents = new TestAgents(directory);
    }

    @AfterEach
    void stop() {
        agents.close();
        if (stranger != null) {
            stranger.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 301, 400, 401, 404, 500})
    void anyCall_somethingElseAnswers_isRefusedAtOnce(int answer) throws IOException {
        AgentClient client = agents.client(answering(new AtomicInteger(), answer, "hello"));

        assertThatThrownBy(client::status).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(e.getMessage()).contains("is not an agent of Tidemark");
            assertThat(e.hint()).isEqualTo("Correct the address and the port of the agent.");
        });
    }

    @Test
    void anyCall_gatewayAnswers_isSentAgainUntilTheBudgetIsSpent() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        AgentClient client = agents.client(answering(requests, 503, "busy"));

        assertFails(ErrorCode.STORE_UNAVAILABLE, client::status);

        assertThat(requests.get()).isGreaterThan(1);
    }

    @Test
    void anyCall_agentOfAnotherVersion_isRefused() throws IOException {
        AgentClient client = agents.client(answering(new AtomicInteger(), 200, "{}", "Tidemark-Agent", "2"));

        assertFails(ErrorCode.INVALID_CONFIGURATION, client::status);
    }

    @Test
    void anyCall_answerThatIsNoneToTheQuestion_isRefused() throws IOException {
        AgentClient client = agents.client(answering(new AtomicInteger(), 200, "[1, 2]", "Tidemark-Agent", "1"));

        assertFails(ErrorCode.STORE_UNAVAILABLE, client::status);
    }

    @Test
    void anyCall_nobodyAnswers_isUnavailable() throws IOException {
        URI closed = answering(new AtomicInteger(), 200, "");
        stranger.stop(0);

        assertThatThrownBy(agents.client(closed)::status).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            assertThat(e.getMessage()).contains(closed.toString());
        });
    }

    @Test
    void anyCall_agentOfSomethingElse_isRefusedBeforeAnythingIsChanged() {
        AgentServer agent = cassandra();
        List<AgentExpectation> wrong = List.of(
                AgentExpectation.cassandra("test", "orders"),
                AgentExpectation.cassandra("production", "bank"),
                AgentExpectation.cassandra("production", "orders").ofNode("node-1"),
                AgentExpectation.cassandra("production", "orders").withHostId("host-2"),
                new AgentExpectation("rocksdb", "", "", "", ""));

        for (AgentExpectation expected : wrong) {
            AgentClient client = client(agent, expected.ofNode(expected.node().isEmpty() ? "node-0" : expected.node()));
            assertFails(ErrorCode.INVALID_CONFIGURATION, () -> client.node().snapshot(new SnapshotTag("one")));
            assertFails(ErrorCode.INVALID_CONFIGURATION, client::pause);
        }
        assertThat(calls).doesNotContain("snapshot");
        assertThat(node.snapshots()).isEmpty();
    }

    @Test
    void anyCall_rightAgentWhoseNodeIsDown_isAnsweredAndComparedLater() {
        AgentServer agent = cassandra();
        status.set(DOWN);
        AgentClient client =
                client(agent, AgentExpectation.cassandra("test", "orders").ofNode("node-0"));

        assertThat(client.node().snapshots()).isEmpty();
        status.set(UP);

        assertFails(ErrorCode.INVALID_CONFIGURATION, () -> client.node().snapshots());
    }

    /** Whoever can do without the node goes on, and waits for its agent once. */
    @Test
    void node_agentIsAwayAndComesBack_isAskedForItsNameWhenThatIsNeeded() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        URI address = answering(requests, 503, "busy");
        RemoteNode away = agents.client(address).node();

        assertThat(requests).hasValue(0);
        assertFails(ErrorCode.STORE_UNAVAILABLE, away::id);
        int attempts = requests.get();
        assertFails(ErrorCode.STORE_UNAVAILABLE, away::status);
        assertThat(attempts).isGreaterThan(1);
        assertThat(requests).hasValue(attempts + 1);
    }

    @Test
    void node_neverReachedByItsAgent_isKnownOnceItIs() {
        AtomicReference<RuntimeException> failure = new AtomicReference<>(
                new KeyValueStoreException(ErrorCode.STORE_UNAVAILABLE, "the JMX can't be reached", "Start it."));
        CassandraAgent starting = (CassandraAgent) Proxy.newProxyInstance(
                CassandraAgent.class.getClassLoader(),
                new Class<?>[] {CassandraAgent.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("id") && failure.get() != null) {
                        throw failure.get();
                    }
                    return method.getName().equals("id") ? node.id() : status.get();
                });
        status.set(DOWN);
        AgentServer agent = agents.start(
                agents.configuration(), new ServedNode("cassandra", "orders", starting, () -> {}), agents.seams());
        RemoteNode remote =
                client(agent, AgentExpectation.cassandra("", "orders")).node();

        assertThat(remote.status()).isEqualTo(DOWN);
        assertThatThrownBy(remote::id).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
            assertThat(e.getMessage()).contains("it does not know its node, which it has never reached");
        });
        failure.set(null);
        status.set(UP);

        assertThat(remote.id()).hasToString("node-0");
    }

    @Test
    void cassandraCalls_throughAnAgent_reachTheNodeWithTheirArguments() {
        RemoteNode remote = client(cassandra(), AgentExpectation.cassandra("production", "orders"))
                .node();

        assertThat(remote.status()).isEqualTo(UP);
        remote.repair(Set.of(TableName.of("_transactions")));
        remote.cleanup();
        remote.keep(RESTORE, "restore-0");
        remote.beginEmptying(RESTORE);
        remote.beginReturning(RESTORE);
        remote.emptyTables(RESTORE);

        assertThat(calls)
                .containsSubsequence(
                        "repair[[_transactions]]",
                        "cleanup[]",
                        "keep[restore-1, restore-0]",
                        "beginEmptying[restore-1]",
                        "beginReturning[restore-1]",
                        "emptyTables[restore-1]");
    }

    @Test
    void abortAll_manyEntriesOfEachKind_goInPartsAndGiveBackWhatHasChanged() {
        RemoteNode remote = client(cassandra(), AgentExpectation.cassandra("production", "orders"))
                .node();
        List<TransactionEntry> seen = new ArrayList<>();
        for (long start = 1; start <= 1_200; start++) {
            TransactionState state = start % 3 == 0
                    ? TransactionState.ABORTED
                    : start % 3 == 1 ? TransactionState.committed(start + 1) : TransactionState.staging(Long.MAX_VALUE);
            seen.add(new TransactionEntry(start, state));
        }

        List<TransactionEntry> changed = remote.abortAll(RESTORE, TransactionsSchemaMap.always(3), seen);

        assertThat(changed).isEqualTo(seen);
        assertThat(calls.stream().filter(call -> call.startsWith("abortAll"))).hasSize(3);
    }

    @Test
    void failure_ofTheNode_comesWithItsCodeAndSaysWhichAgent() {
        AgentServer agent = agents.start(agents.configuration(), node);
        RemoteNode remote = agents.client(agent.endpoint()).node();

        assertThatThrownBy(() -> remote.repair(Set.of(TableName.of("a"))))
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNSUPPORTED);
                    assertThat(e.getMessage()).startsWith("agent at '" + agent.endpoint() + "': ");
                });
        assertFails(ErrorCode.STORE_UNSUPPORTED, remote::status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host:1", "http:///x", "http://host:1/path", "http://host:1?q", "http://u:p@host:1"})
    void settings_addressOfNoAgent_isRefused(String address) {
        assertThatThrownBy(() -> AgentClientSettings.of(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("agent address");
    }

    private AgentServer cassandra() {
        ServedNode served = new ServedNode("cassandra", "orders", fakeCassandra(), () -> {});
        return agents.start(agents.configuration(), served, agents.seams());
    }

    private AgentClient client(AgentServer agent, AgentExpectation expected) {
        return AgentClient.create(
                AgentClientSettings.of(agent.endpoint())
                        .withTimeouts(TestAgents.FAST)
                        .withExpected(expected),
                agents.seams());
    }

    /** Returns a node that writes down what it is asked for, and says of every entry that it has changed. */
    private CassandraAgent fakeCassandra() {
        Set<String> own = Set.of(
                "status", "repair", "cleanup", "keep", "beginEmptying", "beginReturning", "emptyTables", "abortAll");
        InvocationHandler handler = (proxy, method, arguments) -> {
            calls.add(method.getName() + (arguments == null ? "[]" : Arrays.toString(arguments)));
            if (own.contains(method.getName())) {
                return switch (method.getName()) {
                    case "status" -> status.get();
                    case "abortAll" -> arguments[2];
                    default -> null;
                };
            }
            try {
                method.setAccessible(true);
                return method.invoke(node, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (CassandraAgent) Proxy.newProxyInstance(
                CassandraAgent.class.getClassLoader(), new Class<?>[] {CassandraAgent.class}, handler);
    }

    /** Starts an HTTP server that has the same answer for everything. */
    private URI answering(AtomicInteger requests, int answer, String body, String... header) throws IOException {
        stranger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        stranger.createContext("/", exchange -> {
            requests.incrementAndGet();
            if (header.length > 0) {
                exchange.getResponseHeaders().add(header[0], header[1]);
            }
            byte[] content = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer, answer == 204 ? -1 : content.length);
            if (answer != 204) {
                exchange.getResponseBody().write(content);
            }
            exchange.close();
        });
        stranger.start();
        return URI.create("http://127.0.0.1:" + stranger.getAddress().getPort());
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.hint()).endsWith(".");
        });
    }
}
