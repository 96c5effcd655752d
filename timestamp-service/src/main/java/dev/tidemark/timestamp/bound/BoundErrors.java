package dev.tidemark.timestamp.bound;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.TimestampException;
import java.util.Collection;
import java.util.Optional;

/** The errors that every bound store has in common. */
public final class BoundErrors {
    private BoundErrors() {}

    /** The store was closed before the call. */
    public static TimestampException closed() {
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE, "bound store is closed", "Send the request again when the oracle is up.");
    }

    /** The namespace does not exist; names the existing one that is most like it. */
    public static TimestampException unknown(String namespace, Collection<String> existing) {
        return NamespaceName.unknown(namespace, existing);
    }

    /** The stored state is not the one that the caller had read or written. */
    public static TimestampException changedByOther(String namespace, BoundState expected, BoundState found) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_IN_USE,
                "stored bound of namespace '" + namespace + "' is " + describe(found) + " (expected: "
                        + describe(expected) + "), so somebody else writes it",
                "Find the other process or the restored file, leave one oracle running and restart it.");
    }

    /** Throws {@link IllegalArgumentException} when epoch or bound would be lowered. */
    public static void checkNotLowered(BoundState expected, BoundState next) {
        if (next.bound() < expected.bound() || next.epoch() < expected.epoch()) {
            throw new IllegalArgumentException(
                    "next state: " + next + " (expected: epoch and bound not below those of " + expected + ")");
        }
    }

    /** Throws {@link IllegalArgumentException} when the point does not follow the last one. */
    public static void checkFollows(IssuedPoint point, Optional<IssuedPoint> last) {
        if (last.isPresent() && !point.follows(last.get())) {
            throw new IllegalArgumentException("point: " + point + " (expected: one that follows " + last.get() + ")");
        }
    }

    private static String describe(BoundState state) {
        return state.bound() + " in epoch " + state.epoch()
                + state.fence().map(id -> " with fence '" + id + "'").orElse("");
    }
}
