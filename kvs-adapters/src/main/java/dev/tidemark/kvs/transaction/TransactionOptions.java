package dev.tidemark.kvs.transaction;

import java.time.Duration;
import java.util.Objects;

/**
 * Limits and patience of transactions.
 *
 * @param maxCells cells that one transaction may write, 1..10,000,000
 * @param maxBytes bytes of rows, columns and values that one transaction may write, &gt;= 1
 * @param maxOpen transactions that may be open at a time, &gt;= 1
 * @param maxDuration how long a transaction may be open; then its lease is not refreshed any more and is lost, so that a
 *     forgotten transaction does not stop garbage collection for ever; &gt; 0
 * @param maxAttempts how often {@link TransactionalStore#execute} runs a transaction, the first time included, &gt;= 1
 * @param maxBackOff upper end of the random wait between two attempts; it begins at 1 ms and doubles with each; &gt;= 0
 * @param rollBackPatience how long a reader waits for a transaction that may still be committing before it rolls it back;
 *     &gt;= 0
 */
public record TransactionOptions(
        int maxCells,
        long maxBytes,
        int maxOpen,
        Duration maxDuration,
        int maxAttempts,
        Duration maxBackOff,
        Duration rollBackPatience) {
    private static final int MAX_CELLS_LIMIT = 10_000_000;

    /** Checks the limits. */
    public TransactionOptions {
        Objects.requireNonNull(maxDuration, "maxDuration");
        Objects.requireNonNull(maxBackOff, "maxBackOff");
        Objects.requireNonNull(rollBackPatience, "rollBackPatience");
        require(maxCells >= 1 && maxCells <= MAX_CELLS_LIMIT, "maxCells", maxCells, "1.." + MAX_CELLS_LIMIT);
        require(maxBytes >= 1, "maxBytes", maxBytes, ">= 1");
        require(maxOpen >= 1, "maxOpen", maxOpen, ">= 1");
        require(!maxDuration.isNegative() && !maxDuration.isZero(), "maxDuration", maxDuration, "> 0");
        require(maxAttempts >= 1, "maxAttempts", maxAttempts, ">= 1");
        require(!maxBackOff.isNegative(), "maxBackOff", maxBackOff, ">= 0");
        require(!rollBackPatience.isNegative(), "rollBackPatience", rollBackPatience, ">= 0");
    }

    /** Returns 10,000 cells, 16 MiB, 10,000 open transactions of up to an hour, 25 attempts at most 100 ms apart, 30 ms. */
    public static TransactionOptions defaults() {
        return new TransactionOptions(
                10_000, 16L << 20, 10_000, Duration.ofHours(1), 25, Duration.ofMillis(100), Duration.ofMillis(30));
    }

    /** Returns the same options with other limits for what one transaction may write. */
    public TransactionOptions withMaxWrites(int cells, long bytes) {
        return new TransactionOptions(cells, bytes, maxOpen, maxDuration, maxAttempts, maxBackOff, rollBackPatience);
    }

    /** Returns the same options with other limits for open transactions. */
    public TransactionOptions withMaxOpen(int transactions, Duration duration) {
        return new TransactionOptions(
                maxCells, maxBytes, transactions, duration, maxAttempts, maxBackOff, rollBackPatience);
    }

    /** Returns the same options with other limits for attempts. */
    public TransactionOptions withAttempts(int attempts, Duration backOff) {
        return new TransactionOptions(maxCells, maxBytes, maxOpen, maxDuration, attempts, backOff, rollBackPatience);
    }

    /** Returns the same options with another patience. */
    public TransactionOptions withRollBackPatience(Duration patience) {
        return new TransactionOptions(maxCells, maxBytes, maxOpen, maxDuration, maxAttempts, maxBackOff, patience);
    }

    private static void require(boolean isValid, String name, Object value, String expected) {
        if (!isValid) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
