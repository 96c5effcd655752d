package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OrderListTest {
    private static final String ORDERS = "/api/v1/orders";
    private static final String BACKUP = "/api/v1/namespaces/bank/orders/backup";
    private static final NewToken STRANGER =
            NewToken.create("vic", Role.VIEWER, List.of("other"), null, new SecureRandom());

    @TempDir
    private Path directory;

    @Test
    void orders_ofAllNamespaces_areThoseThatRunThenThoseThatEndedAndOnlyForWhomTheyAre() throws Exception {
        CommandRun.configure(directory);
        Installation bank = new Installation(directory);
        bank.write(1);
        bank.succeed("archive init");
        CopyGate gate = new CopyGate();
        try (ServiceSite service = new ServiceSite(bank, gate, List.of(STRANGER))) {
            String first = location(service.send("POST", BACKUP, ""));
            String second = location(service.send("POST", BACKUP, ""));

            assertThat(states(service.get(ORDERS))).containsExactlyInAnyOrder("QUEUED", "RUNNING");
            assertThat(states(service.get(ORDERS + "?ended=0"))).hasSize(2);
            assertThat(stranger(service).get("orders")).isEmpty();

            gate.open();
            service.awaitEnd(first);
            service.awaitEnd(second);
            assertThat(ids(service.get(ORDERS))).containsExactly(id(second), id(first));
            assertThat(ids(service.get(ORDERS + "?ended=1"))).containsExactly(id(second));
            assertThat(ids(service.get(ORDERS + "?ended=0"))).isEmpty();
            HttpResponse<String> refused = service.send("GET", ORDERS + "?ended=1001", "");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("'ended' is '1001' (expected: a number from 0 to 1000)");
        }
    }

    private static JsonNode stranger(ServiceSite service) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(service.uri(ORDERS))
                .header("Authorization", "Bearer " + STRANGER.token())
                .build();
        return ServiceSite.json(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()));
    }

    private static String location(HttpResponse<String> accepted) {
        return accepted.headers().firstValue("Location").orElseThrow();
    }

    private static String id(String location) {
        String path = URI.create(location).getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static List<String> ids(JsonNode orders) {
        return orders.findValuesAsText("id");
    }

    private static List<String> states(JsonNode orders) {
        return orders.findValuesAsText("state");
    }
}
