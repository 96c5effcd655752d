package dev.tidemark.coordinator.service.notification.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.coordinator.service.access.outbound.HostResolver;
import dev.tidemark.coordinator.service.access.outbound.OutboundAddresses;
import dev.tidemark.coordinator.service.notification.DeliverySettings;
import dev.tidemark.coordinator.service.notification.Notification;
import dev.tidemark.coordinator.service.notification.NotificationChannel.Attempt;
import dev.tidemark.coordinator.service.notification.NotificationChannel.Result;
import dev.tidemark.coordinator.service.notification.NotificationEvent;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WebhookChannelTest {
    private static final Notification FAILED =
            new Notification(NotificationEvent.ORDER_FAILED, Map.of("title", "it \"failed\"", "namespace", "a"));
    private static final List<String> LOOPBACK = List.of("127.0.0.0/8");
    private static final DeliverySettings QUICK = new DeliverySettings(Duration.ofSeconds(2), null, null, null);

    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    private final List<Map<String, List<String>>> headers = Collections.synchronizedList(new ArrayList<>());
    private volatile int status = 204;
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            headers.add(exchange.getRequestHeaders());
            if (status == 302) {
                exchange.getResponseHeaders().set("Location", "/hook");
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void deliver_receiverAnswers_postsEveryVariableAsJsonWithTheHeaders() throws IOException {
        Attempt attempt = deliver("hooks.example.com", LOOPBACK, host -> List.of(InetAddress.getLoopbackAddress()));

        assertThat(attempt).isEqualTo(Attempt.DELIVERED);
        Map<?, ?> body = new ObjectMapper().readValue(bodies.get(0), Map.class);
        assertThat(body.keySet().toString()).isEqualTo(Notification.VARIABLES.toString());
        assertThat(body.get("title")).isEqualTo("it \"failed\"");
        assertThat(headers.get(0).get("Authorization")).containsExactly("Bearer hook-secret");
        assertThat(headers.get(0).get("Content-type").get(0)).startsWith("application/json");
        assertThat(headers.get(0).get("Host").get(0)).startsWith("hooks.example.com");
    }

    @Test
    void deliver_addressIsRefused_connectsToNothing() {
        Attempt attempt = deliver("localhost", List.of(), HostResolver.system());

        assertThat(attempt.result()).isEqualTo(Result.NEVER);
        assertThat(attempt.reason()).contains("which is not called").contains("Allow the address");
        assertThat(bodies).isEmpty();
    }

    /** A name that is harmless when it is checked and this machine when it is connected to. */
    @Test
    void deliver_nameChangesAfterTheCheck_connectsToWhatWasChecked() {
        AtomicInteger asked = new AtomicInteger();
        HostResolver rebinding = host -> List.of(
                asked.getAndIncrement() == 0 ? InetAddress.getByName("127.0.0.2") : InetAddress.getLoopbackAddress());

        Attempt attempt = deliver("rebinding.example.com", List.of("127.0.0.2"), rebinding);

        assertThat(attempt.result()).as(attempt.reason()).isEqualTo(Result.AGAIN);
        assertThat(asked).hasValue(1);
        assertThat(bodies).isEmpty();
    }

    @Test
    void deliver_hostHasNoAddress_isTriedAgain() {
        HostResolver nowhere = host -> {
            throw new java.net.UnknownHostException(host);
        };

        assertThat(deliver("gone.example.com", List.of(), nowhere).result()).isEqualTo(Result.AGAIN);
    }

    @ParameterizedTest
    @CsvSource({
        "500,AGAIN",
        "503,AGAIN",
        "429,AGAIN",
        "408,AGAIN",
        "400,NEVER",
        "404,NEVER",
        "302,NEVER",
        "200,DELIVERED"
    })
    void deliver_status_decidesWhetherItIsTriedAgain(int answered, Result expected) {
        status = answered;

        Attempt attempt = deliver("localhost", LOOPBACK, HostResolver.system());

        assertThat(attempt.result()).isEqualTo(expected);
        assertThat(bodies).as("no redirect is followed, nothing is repeated").hasSize(1);
        assertThat(attempt.reason()).doesNotContain("hook-secret").doesNotContain("/hook");
    }

    @Test
    void deliver_nobodyListens_isTriedAgainAndKeepsTheUrlSecret() {
        server.stop(0);

        Attempt attempt = deliver("localhost", LOOPBACK, HostResolver.system());

        assertThat(attempt.result()).isEqualTo(Result.AGAIN);
        assertThat(attempt.reason()).contains("localhost").doesNotContain("/hook");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://h/x", "https://user:pw@h/x", "/x", "mailto:a@b"})
    void configuration_urlThatCantBeCalled_isRefusedWithoutBeingRepeated(String url) {
        assertThatThrownBy(() -> new WebhookConfiguration(URI.create(url), null, null, null, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'url' is not acceptable")
                .hasMessageNotContaining("pw");
    }

    @Test
    void configuration_headerThatBreaksTheRequest_isRefused() {
        URI url = URI.create("https://h/x");

        assertThatThrownBy(() -> new WebhookConfiguration(url, Map.of("X-A", "1\r\nX-B: 2"), null, null, null, null))
                .hasMessageContaining("header 'X-A'");
        assertThatThrownBy(() -> new WebhookConfiguration(url, Map.of("Host", "x"), null, null, null, null))
                .hasMessageContaining("header 'Host' can't be set");
        assertThat(new WebhookConfiguration(url, Map.of("Authorization", "s3cret"), null, null, null, null).toString())
                .doesNotContain("s3cret");
    }

    private Attempt deliver(String host, List<String> allowed, HostResolver resolver) {
        WebhookConfiguration configuration = new WebhookConfiguration(
                URI.create("http://" + host + ":" + server.getAddress().getPort() + "/hook"),
                Map.of("Authorization", "Bearer hook-secret"),
                null,
                null,
                null,
                QUICK);
        try (WebhookChannel channel = WebhookChannel.create(configuration, new OutboundAddresses(allowed, resolver))) {
            return channel.deliver(FAILED);
        }
    }
}
