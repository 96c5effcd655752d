package dev.tidemark.coordinator.schedule;

/** What becomes of ticks that were missed, because nobody was there or the schedule was paused. Their windows count in any case. */
public enum CatchUp {
    /** Nothing is made up for: the newest tick runs when it is seen within five minutes after it was due. */
    SKIP,
    /** The newest tick runs, for all that were missed. */
    ONCE,
    /** Each runs, the oldest first; at most the 100 newest. */
    ALL
}
