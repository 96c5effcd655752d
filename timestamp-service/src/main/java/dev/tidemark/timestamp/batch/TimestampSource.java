package dev.tidemark.timestamp.batch;

import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.timestamp.TimestampException;
import java.util.concurrent.CompletableFuture;

/** Where batches come from. Thread-safe. */
@FunctionalInterface
public interface TimestampSource {
    /**
     * Sends a request and returns before it is answered.
     *
     * @param count how many timestamps are wanted, 1..10,000
     * @return exactly that many, greater than all that were issued to anybody before this call; or fails with a
     *     {@link TimestampException}. It ends in any case, within the source's time limit
     */
    CompletableFuture<TimestampRange> fetch(int count);
}
