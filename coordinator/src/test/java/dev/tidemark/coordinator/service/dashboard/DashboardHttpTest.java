package dev.tidemark.coordinator.service.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.service.TestService;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.credential.AccessConfiguration;
import dev.tidemark.coordinator.service.access.credential.NewToken;
import dev.tidemark.coordinator.service.access.limit.RateLimitConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the dashboard, as they are served; what they do is tested in a browser. */
class DashboardHttpTest {
    private static TestService service;

    @BeforeAll
    static void start() throws Exception {
        NewToken token = NewToken.create("anna", Role.VIEWER, null, null, new Random(1));
        service = new TestService(
                new AccessConfiguration(
                        List.of(token.entry()), null, null, null, new RateLimitConfiguration(100_000, 100_000)),
                new DashboardResource());
    }

    @AfterAll
    static void stop() throws Exception {
        service.close();
    }

    static List<String> parts() {
        return DashboardResource.PARTS;
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html",
        "/dashboard/style.css, text/css",
        "/dashboard/app.js, text/javascript",
        "/dashboard/icon.svg, image/svg+xml"
    })
    void file_withoutAToken_isServedWithItsType(String path, String type) throws Exception {
        HttpResponse<String> response = service.send("GET", path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith(type);
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'self'");
        assertThat(response.body()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/dashboard/app.js"})
    void file_askedForAgain_isNotSentWhenItIsTheSame(String path) throws Exception {
        HttpResponse<String> first = service.send("GET", path);
        String tag = first.headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> same = service.send("GET", path, "If-None-Match", tag);
        HttpResponse<String> other = service.send("GET", path, "If-None-Match", "\"of-another-version\"");

        assertThat(first.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.headers().firstValue("ETag")).contains(tag);
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).isEqualTo(first.body());
    }

    @Test
    void tags_ofDifferentFiles_differ() throws Exception {
        Set<String> tags = new TreeSet<>();
        for (String part : parts()) {
            tags.add(service.send("GET", "/dashboard/" + part)
                    .headers()
                    .firstValue("ETag")
                    .orElseThrow());
        }

        assertThat(tags).hasSameSizeAs(parts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/dashboard/style.css"})
    void head_ofAFile_hasItsHeadersAndNoBody(String path) throws Exception {
        HttpResponse<String> get = service.send("GET", path);

        HttpResponse<String> head = service.send("HEAD", path);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("ETag")).isEqualTo(get.headers().firstValue("ETag"));
        assertThat(head.headers().firstValue("Content-Type"))
                .isEqualTo(get.headers().firstValue("Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/index.html",
                "/dashboard",
                "/dashboard/",
                "/dashboard/index.html",
                "/dashboard/nothing.js",
                "/dashboard/package-info.class",
                "/dashboard/DashboardResource.class",
                "/favicon.ico",
                "/tidemark.yml"
            })
    void unknownPath_always_isNotFoundAsAProblem(String path) throws Exception {
        HttpResponse<String> response = service.send("GET", path);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    /** Clients of HTTP normalize such paths, so these go out by hand. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dashboard/../dashboard/DashboardResource.class",
                "/dashboard/..%2fDashboardResource.class",
                "/dashboard/%2e%2e/%2e%2e/ServiceServer.class",
                "/dashboard/....//app.js",
                "/dashboard//etc/passwd",
                "/dashboard/%00app.js",
                "/dashboard/app.js%00.css",
                "/dashboard/..;/app.js",
                "/dashboard/%5c..%5capp.js",
                "/../../../../etc/passwd",
                "/dashboard/file:%2f%2f%2fetc%2fpasswd"
            })
    void pathTrick_always_isRefusedWithoutContent(String path) throws Exception {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer).matches("(?s)HTTP/1.1 (400|404) .*");
        assertThat(answer).doesNotContain("root:", "\u00ca\u00fe\u00ba\u00be", "export function", "import {");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void otherMethods_always_areRefused(String method) throws Exception {
        assertThat(service.send(method, "/").statusCode()).isEqualTo(405);
        assertThat(service.send(method, "/dashboard/app.js").statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @MethodSource("parts")
    void script_always_bringsInOnlyWhatIsServed(String part) throws Exception {
        String text = service.send("GET", "/dashboard/" + part).body();

        Set<String> imported = Pattern.compile("from '\\./([^']+)'")
                .matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toSet());
        assertThat(parts()).containsAll(imported);
        assertThat(text)
                .as("nothing external, nothing that reads markup or code from text")
                .doesNotContain(
                        "innerHTML",
                        "outerHTML",
                        "insertAdjacentHTML",
                        "document.write",
                        "eval(",
                        "Function(",
                        "localStorage",
                        "document.cookie",
                        "@import",
                        "url(");
        assertThat(text.replace("http://www.w3.org/", "")).doesNotContain("://");
    }

    @Test
    void page_always_hasNothingInline() throws Exception {
        String page = service.send("GET", "/").body();

        assertThat(page).doesNotContain("<style", "style=", "onclick", "onload", "://");
        assertThat(page).doesNotContainPattern("<script(?![^>]* src=)");
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            }
        }
    }
}
