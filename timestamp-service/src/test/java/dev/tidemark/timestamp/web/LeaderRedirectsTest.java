package dev.tidemark.timestamp.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaderRedirectsTest {
    private static final String OWN = "https://b.example:8421/oracle";
    private static final String LEADER = "https://a.example:8421/timelock/api/";

    private final LeaderRedirects redirects = new LeaderRedirects("/oracle/", OWN, () -> Optional.of(LEADER));

    @ParameterizedTest
    @CsvSource({
        "/oracle/tl/ts1/orders, https://a.example:8421/timelock/api/tl/ts1/orders",
        "/oracle/lw/sw/orders, https://a.example:8421/timelock/api/lw/sw/orders",
        "/oracle/tidemark/v1/a%2Fb, https://a.example:8421/timelock/api/tidemark/v1/a%2Fb",
        "/oracle/tidemark/timestamp/fresh-timestamp,",
        "/oracle/tl,",
        "/oracle/orders/timestamp/fresh-timestamp,"
    })
    void location_anyClient_isFollowedOnNewPathsOnly(String path, String expected) {
        assertThat(redirects.location(path, null, "curl/8").orElse(null)).isEqualTo(expected);
        assertThat(redirects.location(path, null, null).orElse(null)).isEqualTo(expected);
    }

    @Test
    void location_followingAgent_isFollowedOnLegacyPathsWithTheQuery() {
        assertThat(redirects.location(
                        "/oracle/orders/timestamp/fresh-timestamps", "number=2&x=%20", "a/1 atlasdb-http-client/2.0 b"))
                .contains("https://a.example:8421/timelock/api/orders/timestamp/fresh-timestamps?number=2&x=%20");
        assertThat(redirects.location("/oracle/orders/timestamp/fresh-timestamp", null, "atlasdb-http-client/1.0"))
                .isEmpty();
    }

    @Test
    void location_leaderNotKnownOrThisServerItself_isNone() {
        LeaderRedirects none = new LeaderRedirects("/", OWN, Optional::empty);
        LeaderRedirects itself = new LeaderRedirects("/", OWN, () -> Optional.of(OWN + "/"));
        LeaderRedirects nameless = new LeaderRedirects("/", "", () -> Optional.of(""));

        assertThat(none.location("/tl/ts1/orders", null, null)).isEmpty();
        assertThat(itself.location("/tl/ts1/orders", null, null)).isEmpty();
        assertThat(nameless.location("/tl/ts1/orders", null, null)).isEmpty();
    }
}
