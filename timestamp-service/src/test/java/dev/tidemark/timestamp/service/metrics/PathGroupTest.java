package dev.tidemark.timestamp.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathGroupTest {
    @ParameterizedTest
    @CsvSource({
        "/orders/timestamp/fresh-timestamp, FRESH_TIMESTAMPS",
        "/orders/timelock/fresh-timestamps, FRESH_TIMESTAMPS",
        "/timelock/api/tl/ts/orders, FRESH_TIMESTAMPS",
        "/tl/ts1/orders, FRESH_TIMESTAMPS",
        "/tl/t2/orders, FRESH_TIMESTAMPS",
        "/tl/ts/fence, FRESH_TIMESTAMPS",
        "/tl/st/orders, START_TRANSACTIONS",
        "/orders/timelock/start-atlasdb-transaction-v4, START_TRANSACTIONS",
        "/orders/timelock/immutable-timestamp, IMMUTABLE_TIMESTAMP",
        "/orders/timelock/lock-immutable-timestamp, LEASES",
        "/orders/timelock/refresh-locks-v2, LEASES",
        "/tl/rl2/orders, LEASES",
        "/tl/ul/orders, LEASES",
        "/tidemark/v1/orders/unlock, LEASES",
        "/tidemark/v1/orders/commit-timestamp, COMMIT_TIMESTAMPS",
        "/tidemark/v1/orders/settled, COMMIT_TIMESTAMPS",
        "/orders/timestamp-management/fast-forward, FAST_FORWARD",
        "/tl/management/fastForward, FAST_FORWARD",
        "/tl/management/disable, FENCES",
        "/tidemark/v1/orders/fence, FENCES",
        "/tidemark/v1/orders/time-index, TIME_INDEX",
        "/tl/management/getNamespaces, OTHER",
        "/tidemark/v1/status, OTHER",
        "/tidemark/v1/orders, OTHER",
        "/tl/, OTHER",
        "/, OTHER",
        "'', OTHER",
        "//, OTHER",
        "/%2e%2e/etc, OTHER",
    })
    void of_paths_areGroupedByWhatTheyAreFor(String path, PathGroup expected) {
        assertThat(PathGroup.of(path)).isEqualTo(expected);
    }
}
