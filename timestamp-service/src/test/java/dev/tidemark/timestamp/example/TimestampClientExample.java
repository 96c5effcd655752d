package dev.tidemark.timestamp.example;

import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.ImmutableTimestampLease;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import java.net.URI;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** What the page on the client shows. */
final class TimestampClientExample {
    private TimestampClientExample() {}

    /** Returns the timestamps in the order in which they were asked for. */
    static long[] run(URI first, URI second) {
        // page: begin
        HttpTimestampClientSettings settings = HttpTimestampClientSettings.of(first, second);
        try (TimestampClient client = HttpTimestampClient.create(settings)) {
            NamespaceOracle oracle = client.namespace("orders");

            long timestamp = oracle.freshTimestamp();
            TimestampRange range = oracle.freshTimestamps(100);
            CompletableFuture<Long> promised = oracle.freshTimestampAsync();

            LeaseToken token = new LeaseToken(UUID.randomUUID());
            ImmutableTimestampLease lease = oracle.lockImmutableTimestamp(token);
            boolean isAlive = oracle.refresh(Set.of(token)).contains(token);
            boolean wasAlive = oracle.unlock(Set.of(token)).contains(token);
            // page: end
            if (!isAlive || !wasAlive) {
                throw new IllegalStateException("the lease was lost");
            }
            return new long[] {timestamp, range.lower(), range.upper(), promised.join(), lease.immutableTimestamp()};
        }
    }
}
