package dev.tidemark.timestamp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.InMemorySharedStore;
import dev.tidemark.timestamp.service.LeadershipSettings;
import dev.tidemark.timestamp.service.NamespaceCreation;
import dev.tidemark.timestamp.service.TimestampServer;
import dev.tidemark.timestamp.service.TimestampServiceSettings;
import io.dropwizard.util.Duration;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two real servers over one store, and what a client sees when the one that leads goes. */
@Timeout(60)
class LeaseFailOverIT {
    private static final LeaseToken TOKEN = new LeaseToken(new UUID(4, 2));

    private final InMemorySharedStore.Database database = new InMemorySharedStore.Database();

    @Test
    @DisplayName(
            "The client goes on with the next leader, above all it had before; its leases are lost, and it is told so")
    void failOver() {
        try (TimestampServer first = start();
                TimestampServer second = start();
                HttpTimestampClient client = HttpTimestampClient.create(
                        HttpTimestampClientSettings.of(first.endpoint(), second.endpoint()))) {
            NamespaceOracle oracle = client.namespace("orders");
            oracle.lockImmutableTimestamp(TOKEN);
            long before = oracle.commitTimestamp(TOKEN);
            assertThat(oracle.refresh(Set.of(TOKEN))).containsExactly(TOKEN);

            first.close();
            CompletableFuture<Long> during = oracle.freshTimestampAsync();

            assertThat(oracle.freshTimestamp()).isGreaterThan(before);
            assertThat(during.join()).isGreaterThan(before);
            assertThat(oracle.refresh(Set.of(TOKEN))).isEmpty();
            assertThatThrownBy(() -> oracle.commitTimestamp(TOKEN))
                    .isInstanceOfSatisfying(
                            TimestampException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
            assertThat(oracle.unlock(Set.of(TOKEN))).isEmpty();
        }
    }

    private TimestampServer start() {
        TimestampServiceSettings settings = new TimestampServiceSettings(
                null,
                database::open,
                new LeadershipSettings(null, Duration.milliseconds(500), null),
                null,
                null,
                NamespaceCreation.EXPLICIT,
                List.of("orders"),
                null,
                null,
                null);
        return TimestampServer.start(
                TimestampServer.embedded(settings, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }
}
