package dev.tidemark.coordinator.hook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.coordinator.outbound.HostResolver;
import dev.tidemark.coordinator.outbound.OutboundAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpActionTest {
    private static final HookFacts FACTS =
            new HookFacts(HookMoment.BEFORE_BACKUP, "bank", "backup-1", "backup", "backup-1", "");

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch released = new CountDownLatch(1);
    private HttpServer server;
    private int status = 204;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setExecutor(workers);
        server.createContext("/hook", this::answer);
        server.createContext("/hang", exchange -> await());
        server.start();
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
        workers.shutdownNow();
    }

    @Test
    void run_answered_hasSentTheFactsAndTheToken() throws InterruptedException {
        assertThat(action("/hook?key=4711", "s3cret", List.of("127.0.0.0/8")).run(FACTS, Duration.ofSeconds(30)))
                .isEqualTo(new HookResult("", ""));

        assertThat(seen).hasSize(1);
        assertThat(seen.get(0))
                .startsWith("POST /hook?key=4711 Bearer s3cret x ")
                .contains("\"namespace\":\"bank\"", "\"hook\":\"before-backup\"", "\"operation\":\"backup-1\"");
    }

    /** Nothing but the resolver that the check uses knows the name. */
    @Test
    void run_checkedAddress_isTheOneThatIsConnectedTo() throws InterruptedException {
        assertThat(action("/hook", "", List.of("127.0.0.0/8"))
                        .run(FACTS, Duration.ofSeconds(30))
                        .problem())
                .isEmpty();

        assertThat(seen).hasSize(1);
    }

    @Test
    void run_loopback_isRefusedUnlessItIsAllowed() throws InterruptedException {
        HookResult result = action("/hook", "", List.of()).run(FACTS, Duration.ofSeconds(30));

        assertThat(result.problem()).contains("was not sent", "127.0.0.1, which is not called");
        assertThat(seen).isEmpty();
    }

    @Test
    void run_refusedByTheServer_failsWithStatusAndAnswer() throws InterruptedException {
        status = 503;

        HookResult result = action("/hook", "", List.of("127.0.0.1")).run(FACTS, Duration.ofSeconds(30));

        assertThat(result.problem()).isEqualTo("was answered with status 503");
        assertThat(result.output()).isEqualTo("an answer");
        assertThat(seen).hasSize(1);
    }

    @Test
    void run_redirect_isAFailureAndNotFollowed() throws InterruptedException {
        status = 302;

        assertThat(action("/hook", "", List.of("127.0.0.1"))
                        .run(FACTS, Duration.ofSeconds(30))
                        .problem())
                .isEqualTo("was answered with status 302");
        assertThat(seen).hasSize(1);
    }

    @Test
    void run_noAnswer_failsAtTheLimit() throws InterruptedException {
        assertThat(action("/hang", "", List.of("127.0.0.1"))
                        .run(FACTS, Duration.ofSeconds(1))
                        .problem())
                .contains("answer");
    }

    @Test
    void describe_queryOfTheUrl_isLeftOut() {
        assertThat(action("/hook?key=4711", "", List.of()).describe())
                .isEqualTo("POST http://hook.invalid:" + server.getAddress().getPort() + "/hook");
    }

    private HttpAction action(String path, String token, List<String> allowed) {
        HostResolver resolver = host -> {
            assertThat(host).isEqualTo("hook.invalid");
            return List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        };
        return new HttpAction(
                URI.create("http://hook.invalid:" + server.getAddress().getPort() + path),
                "POST",
                Map.of("X-Own", "x"),
                () -> token,
                new OutboundAddresses(allowed, resolver),
                workers);
    }

    private void answer(HttpExchange exchange) throws IOException {
        seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization") + " "
                + exchange.getRequestHeaders().getFirst("X-Own") + " "
                + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchange.getResponseHeaders().add("Location", "/hook");
        byte[] answer = "an answer".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, status == 204 ? -1 : answer.length);
        if (status != 204) {
            exchange.getResponseBody().write(answer);
        }
        exchange.close();
    }

    private void await() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
