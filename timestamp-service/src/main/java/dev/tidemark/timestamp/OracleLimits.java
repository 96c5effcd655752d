package dev.tidemark.timestamp;

import dev.tidemark.kvs.ErrorCode;
import java.util.regex.Pattern;

/** What every oracle accepts, wherever it runs. */
public final class OracleLimits {
    /**
     * The highest timestamp to which any oracle is fast-forwarded: 2<sup>62</sup>. As many numbers again lie above it, so that
     * no fast-forward, whatever a typing error makes of its target, can use a sequence up.
     */
    public static final long MAX_FAST_FORWARD = 1L << 62;

    /** How many timestamps one request gets at most, as in TimeLock. */
    public static final int MAX_TIMESTAMPS_PER_REQUEST = 10_000;

    /** How many points of the time index one request gets at most. */
    public static final int MAX_POINTS_PER_REQUEST = 10_000;

    /** How many full pages a time index has at most; more than any oracle keeps. */
    public static final int MAX_TIME_INDEX_PAGES = 100;

    private static final Pattern FENCE_ID = Pattern.compile("[A-Za-z0-9_.:-]{1,100}");

    private OracleLimits() {}

    /** Tells whether a fence can have this id. */
    public static boolean isFenceId(String id) {
        return FENCE_ID.matcher(id).matches();
    }

    /**
     * Returns the id of a fence.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_INPUT} when no fence can have it
     */
    public static String checkFenceId(String id) {
        if (!isFenceId(id)) {
            throw new TimestampException(
                    ErrorCode.INVALID_INPUT,
                    "fence id: '" + id + "' (expected: 1 to 100 of A-Z a-z 0-9 _ . : -)",
                    "Use the id of the restore.");
        }
        return id;
    }

    /**
     * Returns the number of timestamps that are given for a wanted number.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_INPUT} when the wanted number is below 1
     */
    public static int checkCount(int wanted) {
        if (wanted < 1) {
            throw new TimestampException(
                    ErrorCode.INVALID_INPUT,
                    "number of timestamps: " + wanted + " (expected: >= 1)",
                    "Ask for at least one timestamp.");
        }
        return Math.min(wanted, MAX_TIMESTAMPS_PER_REQUEST);
    }

    /**
     * Returns the number of points of the time index that are given for a wanted number.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_INPUT} when the wanted number is below 1
     */
    public static int checkPoints(int wanted) {
        if (wanted < 1) {
            throw new TimestampException(
                    ErrorCode.INVALID_INPUT,
                    "number of points: " + wanted + " (expected: >= 1)",
                    "Ask for at least one point of the time index.");
        }
        return Math.min(wanted, MAX_POINTS_PER_REQUEST);
    }

    /**
     * Returns the target of a fast-forward.
     *
     * @param ceiling highest target that this oracle accepts
     * @throws TimestampException {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when it is negative or above the ceiling
     */
    public static long checkFastForward(String namespace, long timestamp, long ceiling) {
        if (timestamp < 0 || timestamp > ceiling) {
            throw new TimestampException(
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                    "cannot fast-forward namespace '" + namespace + "' to " + timestamp + " (expected: 0.." + ceiling
                            + ")",
                    "Check the timestamp; nothing was changed.");
        }
        return timestamp;
    }
}
