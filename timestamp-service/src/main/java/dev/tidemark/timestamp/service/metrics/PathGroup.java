package dev.tidemark.timestamp.service.metrics;

import java.util.Locale;
import java.util.Map;

/** What a request is for, whichever of the paths of TimeLock or Tidemark it takes. */
public enum PathGroup {
    /** Fresh timestamps, one or several. */
    FRESH_TIMESTAMPS,
    /** A start of transactions: a lease and timestamps in one request. */
    START_TRANSACTIONS,
    /** The immutable timestamp. */
    IMMUTABLE_TIMESTAMP,
    /** Leases: taken, refreshed and ended. */
    LEASES,
    /** Commit timestamps, and whether they are settled. */
    COMMIT_TIMESTAMPS,
    /** Fast-forwards. */
    FAST_FORWARD,
    /** Fences, which TimeLock calls disable and reenable. */
    FENCES,
    /** The time index. */
    TIME_INDEX,
    /** Everything else, unknown paths included. */
    OTHER;

    private static final String CONJURE = "/tl/";

    /** By the last segment of a path, or the one after {@link #CONJURE}. */
    private static final Map<String, PathGroup> BY_SEGMENT = Map.ofEntries(
            Map.entry("fresh-timestamp", FRESH_TIMESTAMPS),
            Map.entry("fresh-timestamps", FRESH_TIMESTAMPS),
            Map.entry("ts", FRESH_TIMESTAMPS),
            Map.entry("ts1", FRESH_TIMESTAMPS),
            Map.entry("t2", FRESH_TIMESTAMPS),
            Map.entry("st", START_TRANSACTIONS),
            Map.entry("start-atlasdb-transaction", START_TRANSACTIONS),
            Map.entry("start-atlasdb-transaction-v3", START_TRANSACTIONS),
            Map.entry("start-atlasdb-transaction-v4", START_TRANSACTIONS),
            Map.entry("start-identified-atlasdb-transaction", START_TRANSACTIONS),
            Map.entry("immutable-timestamp", IMMUTABLE_TIMESTAMP),
            Map.entry("lock-immutable-timestamp", LEASES),
            Map.entry("refresh-locks", LEASES),
            Map.entry("refresh-locks-v2", LEASES),
            Map.entry("rl", LEASES),
            Map.entry("rl2", LEASES),
            Map.entry("unlock", LEASES),
            Map.entry("ul", LEASES),
            Map.entry("ul2", LEASES),
            Map.entry("commit-timestamp", COMMIT_TIMESTAMPS),
            Map.entry("settled", COMMIT_TIMESTAMPS),
            Map.entry("gct", COMMIT_TIMESTAMPS),
            Map.entry("g1ct", COMMIT_TIMESTAMPS),
            Map.entry("fast-forward", FAST_FORWARD),
            Map.entry("fastForward", FAST_FORWARD),
            Map.entry("fence", FENCES),
            Map.entry("disable", FENCES),
            Map.entry("reenable", FENCES),
            Map.entry("time-index", TIME_INDEX));

    /** Returns the group of a path; what stands before {@code /tl/} is the base path. */
    public static PathGroup of(String path) {
        int end = path.endsWith("/") ? path.length() - 1 : path.length();
        PathGroup byEnd = BY_SEGMENT.get(path.substring(path.lastIndexOf('/', end - 1) + 1, end));
        int conjure = path.indexOf(CONJURE);
        if (conjure < 0) {
            return byEnd == null ? OTHER : byEnd;
        }
        int from = conjure + CONJURE.length();
        int to = path.indexOf('/', from);
        PathGroup byOperation = BY_SEGMENT.get(path.substring(from, to < 0 ? path.length() : to));
        if (byOperation != null) {
            return byOperation; // what comes after it is a namespace's name
        }
        return byEnd == null ? OTHER : byEnd;
    }

    /** Returns the word that stands for it in a label. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
