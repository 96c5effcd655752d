package dev.tidemark.kvs.cassandra.node.jmx;

import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.KeyValueStoreException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.UnicastRemoteObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.security.auth.Subject;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What lies at a JMX address that is wrong. */
class JmxConnectionTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final String HOST = "127.0.0.1";
    private static final JmxOptions.Limits LIMITS =
            new JmxOptions.Limits(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofSeconds(30));

    @Test
    void connect_nobodyListens_isRefusedWithTheAddress() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            port = socket.getLocalPort();
        }

        assertUnavailable(
                () -> ask(JmxOptions.of(HOST, port)),
                "the JMX at '127.0.0.1:" + port + "' can't be reached: Connection refused",
                "127.0.0.1:" + port);
    }

    @Test
    void connect_somethingThatNeverAnswers_isGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, LOOPBACK)) {
            JmxOptions options = JmxOptions.of(HOST, silent.getLocalPort()).withLimits(LIMITS);

            assertUnavailable(() -> ask(options), "has not answered within 0.5 s", options.address());
        }
    }

    @Test
    void connect_somethingThatSpeaksAnotherLanguage_isUnavailable() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, LOOPBACK)) {
            Thread answering = new Thread(() -> {
                try (var socket = other.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    Thread.currentThread().interrupt(); // the test is over
                }
            });
            answering.start();
            JmxOptions options = JmxOptions.of(HOST, other.getLocalPort());

            assertUnavailable(() -> ask(options), "can't be reached", options.address());
            answering.join();
        }
    }

    @Test
    void connect_javaProcessThatIsNotCassandra_isNamed() throws Exception {
        serve(Map.of(), options -> assertUnavailable(() -> ask(options), "is not Cassandra", options.address()));
    }

    /** What is not Cassandra is known only to who was let in. */
    @Test
    void connect_jmxWantsAUser_letsInThatOneAlone() throws Exception {
        JMXAuthenticator guard = credentials -> {
            if (!Arrays.equals(new String[] {"tidemark", "secret"}, (String[]) credentials)) {
                throw new SecurityException("Authentication failed");
            }
            return new Subject();
        };

        serve(Map.of(JMXConnectorServer.AUTHENTICATOR, guard), options -> {
            assertUnavailable(() -> ask(options), "refuses the user: Authentication failed", options.address());
            assertUnavailable(
                    () -> ask(options.withUser("tidemark", "wrong")),
                    "refuses the user: Authentication failed",
                    options.address());
            assertUnavailable(() -> ask(options.withUser("tidemark", "secret")), "is not Cassandra", options.address());
        });
    }

    private static void serve(Map<String, ?> environment, Consumer<JmxOptions> test) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            port = free.getLocalPort();
        }
        Registry registry = LocateRegistry.createRegistry(port);
        JMXConnectorServer server = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + HOST + ":" + port + "/jmxrmi"),
                environment,
                ManagementFactory.getPlatformMBeanServer());
        try {
            server.start();
            test.accept(JmxOptions.of(HOST, port));
        } finally {
            server.stop();
            UnicastRemoteObject.unexportObject(registry, true);
        }
    }

    @Test
    void toString_options_hideThePassword() {
        JmxOptions options =
                JmxOptions.of("::1", 7199).withUser("monitor", "secret").withTls();

        assertThat(options.toString()).isEqualTo("[::1]:7199");
    }

    private static void ask(JmxOptions options) {
        try (NodeJmx jmx = new NodeJmx(options, host -> {})) {
            jmx.identity();
        }
    }

    private static void assertUnavailable(ThrowingCallable call, String message, String address) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
            assertThat(e.getMessage()).contains(message).contains(address);
            assertThat(e.hint()).contains(address).endsWith(".");
        });
    }
}
