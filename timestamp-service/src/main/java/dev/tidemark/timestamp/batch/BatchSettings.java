package dev.tidemark.timestamp.batch;

/**
 * How calls are gathered into batches.
 *
 * @param inFlight how many requests for timestamps may be under way at a time, 1..4. More than one lowers the wait where the way to the
 *     oracle is long, and makes batches smaller
 * @param maxWaiting how many calls may wait for a batch that has not been sent, 1..10,000,000; one more is refused
 */
public record BatchSettings(int inFlight, int maxWaiting) {
    /** One request at a time, 100,000 calls that wait. */
    public static final BatchSettings DEFAULT = new BatchSettings(1, 100_000);

    private static final int MAX_IN_FLIGHT = 4;
    private static final int MAX_WAITING = 10_000_000;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public BatchSettings {
        if (inFlight < 1 || inFlight > MAX_IN_FLIGHT) {
            throw new IllegalArgumentException("inFlight: " + inFlight + " (expected: 1.." + MAX_IN_FLIGHT + ")");
        }
        if (maxWaiting < 1 || maxWaiting > MAX_WAITING) {
            throw new IllegalArgumentException("maxWaiting: " + maxWaiting + " (expected: 1.." + MAX_WAITING + ")");
        }
    }
}
