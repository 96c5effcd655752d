package dev.tidemark.timestamp.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EndpointsTest {
    private static final URI A = URI.create("https://a:8421/timelock/api");
    private static final URI B = URI.create("https://b:8421/timelock/api");

    private final Endpoints endpoints = new Endpoints(List.of(A, B), "secret");

    @Test
    @DisplayName("A redirect leads to the base address of the server that it names, with our base path")
    void leader() {
        assertThat(endpoints.leader(A, "https://B:8421/whatever")).contains(B);
        assertThat(endpoints.leader(A, "https://c:1/whatever")).contains(URI.create("https://c:1/timelock/api"));
        assertThat(endpoints.leader(A, "/elsewhere")).contains(A);
    }

    @Test
    @DisplayName("A redirect is not followed out of TLS, nor to what is no address")
    void notFollowed() {
        for (String location : List.of("", "http://b:8421/timelock/api", "ftp://b", "::", "https:///x", "mailto:b")) {
            assertThat(endpoints.leader(A, location)).as(location).isEmpty();
        }
        assertThat(endpoints.leader(URI.create("http://a:1"), "https://b:8421/timelock/api"))
                .contains(B);
    }

    @Test
    @DisplayName("The token is for configured servers")
    void token() {
        assertThat(endpoints.tokenFor(B)).isEqualTo("secret");
        assertThat(endpoints.tokenFor(URI.create("https://c:1/timelock/api"))).isEqualTo("q");
        assertThat(endpoints.tokenFor(URI.create("http://b:8421/timelock/api"))).isEqualTo("q");
    }

    @Test
    @DisplayName("After a failure the next server is asked, by everybody, once; and the one that answers stays")
    void order() {
        assertThat(endpoints.after(A)).isEqualTo(B);
        assertThat(endpoints.after(A)).isEqualTo(B);
        assertThat(endpoints.preferred()).isEqualTo(B);
        assertThat(endpoints.after(B)).isEqualTo(A);
        endpoints.answered(B);
        assertThat(endpoints.preferred()).isEqualTo(B);
        endpoints.answered(URI.create("https://c:1/timelock/api"));
        assertThat(endpoints.preferred()).isEqualTo(B);
    }
}
