package dev.tidemark.timestamp;

import dev.tidemark.kvs.ErrorCode;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which names a namespace can have: those that TimeLock accepts, up to a length that is also a file name. */
public final class NamespaceName {
    /** Longest name, in characters. */
    public static final int MAX_LENGTH = 200;

    /** TimeLock's rule; {@code tl} and {@code lw} are the first segments of other paths. */
    private static final Pattern ALLOWED = Pattern.compile("^(?!((tl|lw)$))[a-zA-Z0-9_-]+$");

    /** TimeLock serves its own state under this name. */
    private static final String RESERVED = "leader";

    private NamespaceName() {}

    /** Tells whether a namespace can have this name. */
    public static boolean isValid(String name) {
        return name.length() <= MAX_LENGTH
                && !name.equals(RESERVED)
                && ALLOWED.matcher(name).matches();
    }

    /**
     * Returns the name.
     *
     * @throws TimestampException {@link ErrorCode#INVALID_INPUT} when no namespace can have it
     */
    public static String check(String name) {
        if (!isValid(name)) {
            throw new TimestampException(
                    ErrorCode.INVALID_INPUT,
                    "namespace name: '" + abbreviate(name) + "' (expected: 1 to " + MAX_LENGTH
                            + " of A-Z a-z 0-9 _ -, and not one of tl, lw, leader)",
                    "Correct the name of the namespace.");
        }
        return name;
    }

    /** Returns the error for a namespace that does not exist, with the existing name that is most like it. */
    public static TimestampException unknown(String name, Collection<String> existing) {
        String hint = nearest(name, existing)
                .map(candidate -> "Did you mean '" + candidate + "'? Correct the name of the namespace.")
                .orElse("Correct the name, or create the namespace if this is its first use.");
        return new TimestampException(
                ErrorCode.UNKNOWN_NAMESPACE, "namespace '" + name + "' does not exist at the timestamp oracle", hint);
    }

    private static String abbreviate(String name) {
        return name.length() <= MAX_LENGTH ? name : name.substring(0, 40) + "...";
    }

    private static Optional<String> nearest(String name, Collection<String> existing) {
        String best = null;
        int bestDistance = Math.max(2, name.length() / 3) + 1;
        for (String candidate : existing) {
            int distance = distance(name, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's distance, upper and lower case being the same. */
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                boolean isSame =
                        Character.toLowerCase(left.charAt(i - 1)) == Character.toLowerCase(right.charAt(j - 1));
                int substituted = diagonal + (isSame ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[right.length()];
    }
}
