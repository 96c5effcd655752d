package dev.tidemark.coordinator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.client.StubService.Request;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.coordinator.service.rest.HoldResource.NewHold;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ServiceClientTest {
    private static final String TOKEN = "tdm_" + "s".repeat(43);
    private static final String NAMESPACES = "{\"namespaces\":[],\"later\":true}";
    private static final String HOLDS = "{\"holds\":[]}";
    private static final String BUSY =
            "{\"detail\":\"no room\",\"code\":\"TOO_MANY_REQUESTS\",\"hint\":\"Wait.\",\"retryable\":true}";

    private final VirtualTime time = new VirtualTime();
    private StubService first;
    private StubService second;

    @BeforeEach
    void start() throws IOException {
        first = new StubService();
        second = new StubService();
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    @Test
    void request_instanceThatIsDown_goesToTheNextAndStaysThere() {
        second.answering(200, NAMESPACES);
        first.close();
        ServiceClient client = client(Duration.ofSeconds(15), first.uri(), second.uri());

        assertThat(client.namespaces()).isEmpty();
        assertThat(client.namespaces()).isEmpty();

        assertThat(second.requests())
                .hasSize(2)
                .extracting(Request::authorization)
                .containsOnly("Bearer " + TOKEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void request_instanceThatDoesNotLead_goesToTheNext(int status) {
        first.answering(status, "");
        second.answering(200, NAMESPACES);

        ServiceClient client = client(Duration.ofSeconds(15), first.uri(), second.uri());
        assertThat(client.namespaces()).isEmpty();
        assertThat(client.namespaces()).isEmpty();

        assertThat(first.requests()).hasSize(1);
        assertThat(second.requests()).hasSize(2);
    }

    @Test
    void redirect_toAnInstanceOfTheService_isFollowed() {
        first.answering(308, "", "Location", second.uri() + "/api/v1/namespaces");
        second.answering(200, NAMESPACES);

        assertThat(client(Duration.ZERO, first.uri(), second.uri()).namespaces())
                .isEmpty();
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void redirect_toSomebodyElse_isNotFollowed() {
        first.answering(308, "", "Location", second.uri() + "/api/v1/namespaces");
        second.answering(200, NAMESPACES);

        assertThatThrownBy(() -> client(Duration.ZERO, first.uri()).namespaces())
                .isInstanceOf(CoordinatorException.class);
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void refusal_thatMayPass_isTriedAgainAfterTheTimeThatItNames() {
        first.answering(429, BUSY, "Retry-After", "7").answering(200, NAMESPACES);
        long before = time.nanoTime();

        assertThat(client(Duration.ofSeconds(15), first.uri()).namespaces()).isEmpty();

        assertThat(Duration.ofNanos(time.nanoTime() - before)).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void refusal_beyondTheBudget_isWhatTheServiceSays() {
        first.answering(429, BUSY, "Retry-After", "20");

        CoordinatorException failure =
                failure(() -> client(Duration.ofSeconds(15), first.uri()).namespaces());

        assertThat(failure.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
        assertThat(failure).hasMessage("no room");
        assertThat(failure.hint()).isEqualTo("Wait.");
        assertThat(first.requests()).hasSize(1);
    }

    @Test
    void nobody_answering_isSaidWithTheAddress() {
        first.close();

        CoordinatorException failure =
                failure(() -> client(Duration.ofSeconds(15), first.uri()).namespaces());

        assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
        assertThat(failure.getMessage()).contains(first.uri().toString()).doesNotContain(TOKEN);
    }

    @Test
    void order_whoseAnswerIsLost_isSentAgainWithTheSameKey() {
        first.answering(0, "").answering(202, order("QUEUED", 1));

        OrderStatus order = client(Duration.ofSeconds(15), first.uri())
                .orders()
                .give("bank", new OperationOrder.Undo(), OrderTerms.DEFAULT);

        assertThat(order.state()).isEqualTo(OrderStatus.State.QUEUED);
        assertThat(first.requests()).hasSize(2);
        assertThat(first.requests().get(0).key()).matches("[0-9a-f]{32}");
        assertThat(first.requests().get(1).key())
                .isEqualTo(first.requests().get(0).key());
        assertThat(first.requests().get(0).body()).isEmpty();
    }

    @Test
    void hold_whoseAnswerIsLost_isNotPlacedTwice() {
        first.answering(0, "").answering(201, "{}");

        assertThatThrownBy(() -> client(Duration.ofSeconds(15), first.uri())
                        .placeHold("bank", new NewHold("latest", "audit", null)))
                .isInstanceOf(CoordinatorException.class);
        assertThat(first.requests()).hasSize(1);
    }

    @Test
    void follow_streamsThatBreak_goesOnAfterTheLastEventUntilTheEnd() {
        first.answering(200, order("RUNNING", 3))
                .answering(200, ": still there\n\nid: 4\nevent: order\ndata: " + order("RUNNING", 4) + "\n\n")
                .answering(200, "id: 9\nevent: order\ndata: " + order("SUCCEEDED", 9) + "\n\n");
        List<Long> seen = new ArrayList<>();

        OrderStatus ended = client(Duration.ofSeconds(15), first.uri())
                .orders()
                .follow("bank", "202611-" + "0".repeat(32), status -> seen.add(status.revision()));

        assertThat(ended.state()).isEqualTo(OrderStatus.State.SUCCEEDED);
        assertThat(seen).containsExactly(4L, 9L);
        assertThat(first.requests()).extracting(Request::lastEventId).containsExactly("null", "3", "4");
    }

    @Test
    void refusal_thatWantsAnApproval_namesItInTheHint() {
        first.answering(
                409, "{\"detail\":\"needs a second person\",\"code\":\"APPROVAL_REQUIRED\",\"approval\":\"a-17\"}");

        CoordinatorException failure = failure(() -> client(Duration.ZERO, first.uri())
                .orders()
                .give("bank", new OperationOrder.Undo(), OrderTerms.DEFAULT));

        assertThat(failure.code()).isEqualTo(ErrorCode.APPROVAL_REQUIRED);
        assertThat(failure.hint()).contains("--approval a-17");
    }

    @Test
    void order_withTerms_sendsThem() {
        first.answering(202, order("QUEUED", 1));
        OperationOrder.Expire expire = new OperationOrder.Expire(List.of("b-1"));

        client(Duration.ZERO, first.uri())
                .orders()
                .give("bank", expire, new OrderTerms(Overlap.REFUSE, "deploy-7", "a-17"));

        Request request = first.requests().get(0);
        assertThat(request.line()).isEqualTo("POST /api/v1/namespaces/bank/orders/expire?ifBusy=refuse");
        assertThat(request.key()).isEqualTo("deploy-7");
        assertThat(request.approval()).isEqualTo("a-17");
        assertThat(request.body()).isEqualTo("{\"type\":\"expire\",\"backups\":[\"b-1\"]}");
    }

    @Test
    void answer_ofAProgramThatIsNoService_isSaidToBeOne() {
        first.answering(404, "<html>nothing</html>");

        assertThat(failure(() -> client(Duration.ZERO, first.uri()).namespaces())
                        .getMessage())
                .contains("not as a coordinator service does");
    }

    @Test
    void names_inPaths_areEscaped() {
        first.answering(200, HOLDS);

        client(Duration.ZERO, first.uri()).holds("a b/../c?d#e");

        assertThat(first.requests().get(0).line()).isEqualTo("GET /api/v1/namespaces/a%20b%2F..%2Fc%3Fd%23e/holds");
    }

    @Test
    void settings_asText_haveNoSecret() {
        ClientSettings settings =
                ClientSettings.of(List.of(first.uri()), TOKEN, new ClientTls(null, Path.of("me.p12"), "hidden"));

        assertThat(settings.toString()).contains("me.p12").doesNotContain(TOKEN).doesNotContain("hidden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host", "https://user:secret@host", "https://host/path", "https:///x", "host:8443"})
    void settings_addressThatIsNone_isRefusedWithoutItsSecrets(String address) {
        assertThatThrownBy(() -> ClientSettings.of(List.of(URI.create(address)), "", ClientTls.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: http or https")
                .hasMessageNotContaining("secret");
    }

    private ServiceClient client(Duration retryBudget, URI... endpoints) {
        ClientSettings settings = new ClientSettings(
                List.of(endpoints),
                TOKEN,
                ClientTls.DEFAULT,
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                retryBudget);
        return new ServiceClient(settings, time, time, new Random(3));
    }

    private static CoordinatorException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(CoordinatorException.class, call);
    }

    private static String order(String state, int revision) {
        return "{\"id\":\"202611-" + "0".repeat(32)
                + "\",\"namespace\":\"bank\",\"type\":\"undo\",\"order\":{\"type\":\"undo\"},"
                + "\"state\":\"" + state + "\",\"revision\":" + revision + ",\"by\":\"ann\","
                + "\"acceptedAt\":\"2026-11-22T10:00:00Z\",\"operationId\":\"\",\"stepsDone\":[],\"currentStep\":\"\","
                + "\"progress\":{\"doneBytes\":0,\"totalBytes\":0,\"doneItems\":0,\"nodes\":[]},\"notes\":[],\"endedAt\":null,"
                + "\"report\":null,\"problem\":null}";
    }
}
