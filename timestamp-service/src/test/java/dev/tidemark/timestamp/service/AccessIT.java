package dev.tidemark.timestamp.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.service.AccessSettings.TokenGrant;
import dev.tidemark.timestamp.web.Right;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, over every path. */
class AccessIT {
    private static final String PREFIX = "a-token-for-the-right-";

    @TempDir
    private Path directory;

    private TimestampServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void everyPath_tokensWithOneRight_areLetInWhereTheyMayGo() throws Exception {
        start(Set.of());
        Http anyone = Http.to(server.endpoint());
        for (EveryRequest request : EveryRequest.all()) {
            assertRefused(send(anyone.withToken(""), request), 401, "Conjure:MissingCredentials");
            assertRefused(send(anyone.withToken("unknown-token"), request), 401, "Default:Unauthorized");
            assertRefused(send(anyone.withToken("a b"), request), 401, "Conjure:MalformedCredentials");
            for (Right right : Right.values()) {
                HttpResponse<String> answer = send(anyone.withToken(PREFIX + right), request);
                if (request.needed().contains(right)) {
                    assertThat(answer.statusCode()).as("%s %s", right, request).isNotIn(401, 403, 404, 405, 415, 500);
                } else {
                    assertRefused(answer, 403, "Default:PermissionDenied");
                    assertThat(Http.code(answer)).isEqualTo("FORBIDDEN");
                }
            }
        }
    }

    @Test
    void everyPath_anonymousClients_needATokenForTheRestAlone() throws Exception {
        start(EnumSet.of(Right.CLIENT));
        Http anyone = Http.to(server.endpoint());
        for (EveryRequest request : EveryRequest.all()) {
            boolean isOpen = request.needed().contains(Right.CLIENT);
            HttpResponse<String> nameless = send(anyone.withToken(""), request);
            HttpResponse<String> stranger = send(anyone.withToken("q"), request);
            boolean isHeaderDemanded =
                    request.path().startsWith("/tl/") || request.path().startsWith("/lw/");
            assertThat(nameless.statusCode() == 401).as(request.path()).isEqualTo(!isOpen || isHeaderDemanded);
            assertThat(stranger.statusCode() == 401).as(request.path()).isEqualTo(!isOpen);
        }
    }

    @Test
    void readConfiguration_access_isUnderstood() throws Exception {
        TimestampServiceSettings settings = read("{anonymous: [client], tokens: [{name: restore, sha256: "
                + hash("x".repeat(20)) + ", rights: [backup, management]}]}");

        assertThat(settings.access().anonymous()).containsExactly(Right.CLIENT);
        assertThat(settings.access().tokens()).singleElement().satisfies(token -> {
            assertThat(token.name()).isEqualTo("restore");
            assertThat(token.rights()).containsExactlyInAnyOrder(Right.BACKUP, Right.MANAGEMENT);
        });
    }

    @Test
    void readConfiguration_badAccess_isRefusedWithoutShowingATokenThatStandsThere() {
        for (String section : List.of(
                "{tokens: [{name: a, sha256: s3cret-token, rights: [client]}]}",
                "{tokens: [{sha256: s3cret-token, rights: [client]}]}",
                "{tokens: [{name: a, sha256: s3cret-token}]}")) {
            assertThat(failure(section)).as(section).doesNotContain("s3cret-token");
        }
        String hash = hash("x");
        assertThat(failure("{tokens: [{name: a, sha256: " + hash + ", rights: []}]}"))
                .contains("rights");
        assertThat(failure("{tokens: [{name: a, sha256: " + hash + ", rights: [all]}]}"))
                .contains("rights");
        assertThat(failure("{tokenz: []}")).contains("tokenz", "tokens");
    }

    private String failure(String section) {
        try {
            return "accepted: " + read(section);
        } catch (Exception e) {
            return e.getMessage();
        }
    }

    private TimestampServiceSettings read(String section) throws Exception {
        Path file = Files.writeString(
                directory.resolve("config.yml"), "oracle: {dataDirectory: d, access: " + section + "}");
        return TimestampServer.readConfiguration(file).oracle();
    }

    private void start(Set<Right> anonymous) {
        List<TokenGrant> tokens = EnumSet.allOf(Right.class).stream()
                .map(right -> new TokenGrant(right.name(), hash(PREFIX + right), EnumSet.of(right)))
                .toList();
        TimestampServiceSettings settings = new TimestampServiceSettings(
                directory.resolve("data"),
                null,
                null,
                null,
                null,
                null,
                List.of("orders"),
                null,
                null,
                null,
                null,
                new AccessSettings(anonymous, tokens),
                null,
                null);
        server = TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private static HttpResponse<String> send(Http http, EveryRequest request) throws Exception {
        return http.send(request.method(), request.path().replace("NS", "orders"), request.body());
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String name) throws Exception {
        assertThat(answer.statusCode()).as(answer.toString()).isEqualTo(status);
        assertThat(Http.json(answer).path("errorName").asText()).isEqualTo(name);
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
