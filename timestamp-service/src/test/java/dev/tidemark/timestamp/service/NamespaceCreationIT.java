package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a request creates a namespace, and when it does not. */
class NamespaceCreationIT {
    @TempDir
    private Path directory;

    private TimestampServer server;
    private Http http;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void onFirstUse_nameIsAllowed_isCreated() throws Exception {
        start(NamespaceCreation.ON_FIRST_USE, List.of("stock", "team-*"));

        assertThat(http.post("/stock/timestamp/fresh-timestamp", "").body()).isEqualTo("1");
        assertThat(http.post("/tl/ts1/team-a", "").body()).isEqualTo("1");
        for (String name : List.of("stocks", "team", "a-team-b")) {
            HttpResponse<String> answer = http.post("/tl/ts1/" + name, "");
            assertThat(answer.statusCode()).as(name).isEqualTo(404);
            assertThat(Http.code(answer)).isEqualTo("UNKNOWN_NAMESPACE");
        }
        assertThat(names()).isEqualTo("[\"orders\",\"stock\",\"team-a\"]");
    }

    @Test
    void onFirstUse_asManyAsThereMayBe_refusesTheNext() throws Exception {
        start(NamespaceCreation.ON_FIRST_USE, List.of());
        http.post("/tl/ts1/a", "");
        http.post("/tl/ts1/b", "");

        HttpResponse<String> answer = http.post("/tl/ts1/c", "");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(Http.code(answer)).isEqualTo("NOT_ALLOWED_NOW");
        assertThat(names()).isEqualTo("[\"a\",\"b\",\"orders\"]");
        assertThat(http.post("/tl/ts1/b", "").body()).isEqualTo("2");
    }

    @Test
    void explicit_onRequest_isCreatedIfItsNameIsAllowed() throws Exception {
        start(NamespaceCreation.EXPLICIT, List.of("stock"));

        assertThat(http.post("/tl/ts1/stock", "").statusCode()).isEqualTo(404);
        assertThat(put("stocks").statusCode()).isEqualTo(409);
        assertThat(put("stocks?fenceId=r-1").statusCode()).isEqualTo(409);
        assertThat(put("stock").statusCode()).isEqualTo(204);
        assertThat(put("orders").statusCode()).isEqualTo(204);
        assertThat(names()).isEqualTo("[\"orders\",\"stock\"]");
    }

    @Test
    void never_onRequest_isRefusedUnlessItIsThere() throws Exception {
        start(NamespaceCreation.NEVER, List.of());

        assertThat(http.post("/tl/ts1/stock", "").statusCode()).isEqualTo(404);
        HttpResponse<String> answer = put("stock");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(Http.code(answer)).isEqualTo("NOT_ALLOWED_NOW");
        assertThat(put("orders").statusCode()).isEqualTo(204);
        assertThat(names()).isEqualTo("[\"orders\"]");
    }

    @Test
    void settings_badPattern_isRefused() {
        assertThatThrownBy(() -> settings(NamespaceCreation.EXPLICIT, List.of("a.*")))
                .hasMessageContaining("allowedNamespaces: 'a.*'");
    }

    private String names() throws Exception {
        return http.post("/tl/management/getNamespaces", "").body();
    }

    private HttpResponse<String> put(String name) throws Exception {
        return http.send("PUT", "/tidemark/v1/" + name, "");
    }

    private void start(NamespaceCreation creation, List<String> allowed) {
        server = TimestampServer.start(TimestampServer.embedded(
                settings(creation, allowed), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        http = Http.to(server.endpoint());
    }

    private TimestampServiceSettings settings(NamespaceCreation creation, List<String> allowed) {
        return new TimestampServiceSettings(
                directory,
                null,
                null,
                null,
                null,
                creation,
                List.of("orders"),
                3,
                null,
                allowed,
                null,
                null,
                null,
                null);
    }
}
