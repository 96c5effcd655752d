package dev.tidemark.coordinator.hook;

/**
 * What came of a hook.
 *
 * @param problem why it has failed; empty when it has not
 * @param output what it has printed or answered, as far as it is kept
 */
public record HookResult(String problem, String output) {
    /** Returns the result of a hook that went well. */
    static HookResult succeeded(String output) {
        return new HookResult("", output);
    }

    /** Tells whether it went well. */
    public boolean isSuccess() {
        return problem.isEmpty();
    }
}
