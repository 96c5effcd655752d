package dev.tidemark.coordinator.hook;

import java.time.Duration;

/** What a hook does. Thread-safe. */
public interface HookAction {
    /**
     * Does it, and waits for its end.
     *
     * @param limit how long it may take; what is left of it then is ended
     * @return what came of it; whatever goes wrong is in there, and not thrown
     * @throws InterruptedException when the thread is interrupted; what was begun is ended
     */
    HookResult run(HookFacts facts, Duration limit) throws InterruptedException;

    /** Returns it for people, without secrets. */
    String describe();
}
