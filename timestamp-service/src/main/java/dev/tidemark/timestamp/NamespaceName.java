package dev.tidemark.timestamp;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.NearestName;
import java.util.Collection;
import java.util.Set;
import java.util.regex.Pattern;

/** Which names a namespace can have: those that TimeLock accepts, up to a length that is also a file name. */
public final class NamespaceName {
    /** Longest name, in characters. */
    public static final int MAX_LENGTH = 200;

    /** TimeLock's rule; {@code tl} and {@code lw} are the first segments of other paths. */
    private static final Pattern ALLOWED = Pattern.compile("^(?!((tl|lw)$))[a-zA-Z0-9_-]+$");

    /** TimeLock serves its own state under the first name, Tidemark's service its status under the second. */
    private static final Set<String> RESERVED = Set.of("leader", "status");

    private NamespaceName() {}

    /** Tells whether a namespace can have this name. */
    public static boolean isValid(String name) {
        return name.length() <= MAX_LENGTH
                && !RESERVED.contains(name)
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
                            + " of A-Z a-z 0-9 _ -, and not one of tl, lw, leader, status)",
                    "Correct the name of the namespace.");
        }
        return name;
    }

    /** Returns the error for a namespace that does not exist, with the existing name that is most like it. */
    public static TimestampException unknown(String name, Collection<String> existing) {
        String hint = NearestName.of(name, existing)
                .map(candidate -> "Did you mean '" + candidate + "'? Correct the name of the namespace.")
                .orElse("Correct the name, or create the namespace if this is its first use.");
        return new TimestampException(
                ErrorCode.UNKNOWN_NAMESPACE, "namespace '" + name + "' does not exist at the timestamp oracle", hint);
    }

    private static String abbreviate(String name) {
        return name.length() <= MAX_LENGTH ? name : name.substring(0, 40) + "...";
    }
}
