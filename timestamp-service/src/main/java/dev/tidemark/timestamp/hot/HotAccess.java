package dev.tidemark.timestamp.hot;

/** Says which callers get timestamps from the hot path. Thread-safe; never waits. */
@FunctionalInterface
public interface HotAccess {
    /**
     * Tells whether the resource would let this caller in.
     *
     * @param isConjure whether the path is one of Conjure's, which demand an authorization header
     * @param authorization the header, or null when there is none
     */
    boolean isAllowed(boolean isConjure, String authorization);
}
