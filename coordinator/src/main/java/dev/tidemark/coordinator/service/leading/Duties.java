package dev.tidemark.coordinator.service.leading;

/** What who leads has to do. Called by one thread. */
public interface Duties {
    /**
     * Begins: this instance leads. When it throws, {@link #end} is called, and this again a little later.
     *
     * @throws RuntimeException when it could not, such as when the archive does not answer
     */
    void begin();

    /** Is called about once a second between {@link #begin} and {@link #end}. */
    void goOn();

    /** Ends: another one leads, or will. What is under way is left for that one; returns when nothing is worked on any more. */
    void end();
}
