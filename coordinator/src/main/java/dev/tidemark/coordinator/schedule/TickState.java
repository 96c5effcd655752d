package dev.tidemark.coordinator.schedule;

/** What a record says of its tick. */
public enum TickState {
    /** The schedule began here, or was changed: what was before is not made up for. No tick. */
    BEGUN,
    /** Somebody has taken it upon himself to run it. */
    CLAIMED,
    /** It runs, or did when its process died. */
    STARTED,
    /** It has run. */
    RAN,
    /** It has run and failed, and is claimed again after a wait. */
    FAILED,
    /** It has failed, and its window leaves no time to try again. */
    GIVEN_UP,
    /** Its window had passed before anybody began it. */
    SKIPPED_LATE,
    /** Its schedule does not make up for it. */
    SKIPPED_BY_POLICY;

    /** Tells whether nothing follows. */
    public boolean isFinal() {
        return this != CLAIMED && this != STARTED && this != FAILED;
    }
}
