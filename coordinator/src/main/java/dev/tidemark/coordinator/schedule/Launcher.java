package dev.tidemark.coordinator.schedule;

/** Takes runs that are due, to begin them when it is their turn. */
@FunctionalInterface
public interface Launcher {
    /**
     * Takes a run; does not wait for it. Before the run changes anything its begin is recorded ({@link Scheduler#started}), and it is
     * given up when that says no; its end is recorded too.
     *
     * @throws dev.tidemark.kvs.TidemarkException when it can't take it; it is offered again in the next round
     */
    void launch(ScheduledRun run);
}
