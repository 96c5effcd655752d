package dev.tidemark.coordinator.archive.retry;

/**
 * What trying again has come to so far.
 *
 * @param retries attempts that followed a failed one
 * @param rescued calls that a later attempt has made succeed
 * @param givenUp calls that have failed for good although they might have passed
 */
public record RetryCounts(long retries, long rescued, long givenUp) {
    /** Nothing was tried again. */
    public static final RetryCounts NONE = new RetryCounts(0, 0, 0);

    /** Returns the sums. */
    public RetryCounts plus(RetryCounts other) {
        return new RetryCounts(retries + other.retries, rescued + other.rescued, givenUp + other.givenUp);
    }
}
