package dev.tidemark.coordinator.service.access.limit;

/**
 * How many requests one caller may send.
 *
 * @param requestsPerSecond in the long run, 1..100,000; 50 by default
 * @param burst at once after a pause, 1..100,000; 100 by default
 */
public record RateLimitConfiguration(Integer requestsPerSecond, Integer burst) {
    /** What applies when the section is left out. */
    public static final RateLimitConfiguration DEFAULT = new RateLimitConfiguration(null, null);

    /**
     * Sets the defaults and checks the ranges.
     *
     * @throws IllegalArgumentException when one is left
     */
    public RateLimitConfiguration {
        requestsPerSecond = requestsPerSecond == null ? Integer.valueOf(50) : requestsPerSecond;
        burst = burst == null ? Integer.valueOf(100) : burst;
        require("requestsPerSecond", requestsPerSecond);
        require("burst", burst);
    }

    private static void require(String key, int value) {
        if (value < 1 || value > 100_000) {
            throw new IllegalArgumentException("'" + key + "' is " + value + " (expected: 1 to 100000)");
        }
    }
}
