package dev.tidemark.coordinator.hook;

import java.time.Duration;

/**
 * A hook.
 *
 * @param moment when it is run
 * @param action what it does
 * @param limit how long it may take, 1 s to 1 h
 * @param onFailure what becomes of the operation when it fails
 */
public record Hook(HookMoment moment, HookAction action, Duration limit, OnFailure onFailure) {
    private static final Duration MIN_LIMIT = Duration.ofSeconds(1);
    private static final Duration MAX_LIMIT = Duration.ofHours(1);

    /**
     * Checks the limit, and that nothing is to fail that is done already.
     *
     * @throws IllegalArgumentException when one is not so
     */
    public Hook {
        check(moment, limit, onFailure);
    }

    /**
     * Checks what a hook is to be made of.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public static void check(HookMoment moment, Duration limit, OnFailure onFailure) {
        if (limit.compareTo(MIN_LIMIT) < 0 || limit.compareTo(MAX_LIMIT) > 0) {
            throw new IllegalArgumentException(
                    "'timeout' is " + limit + " (expected: " + MIN_LIMIT + " to " + MAX_LIMIT + ")");
        }
        if (onFailure == OnFailure.FAIL && !moment.isBefore()) {
            throw new IllegalArgumentException("'onFailure' of an '" + moment.word()
                    + "' hook is 'fail' (expected: warn, because what is done then can't fail any more)");
        }
    }

    /** What becomes of an operation whose hook has failed. */
    public enum OnFailure {
        /** It fails before it has changed anything. */
        FAIL,
        /** It goes on, with a note. */
        WARN
    }
}
