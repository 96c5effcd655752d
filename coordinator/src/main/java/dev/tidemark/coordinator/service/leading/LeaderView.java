package dev.tidemark.coordinator.service.leading;

import java.time.Instant;
import java.util.List;

/**
 * Who leads, as one instance knows it.
 *
 * @param instance id of the instance that answers; another one at each start
 * @param host where it runs
 * @param group group of instances of which one leads
 * @param leads whether it is the one, and has begun to work
 * @param leader who leads; null when nobody does
 * @param notLed namespaces of the instance that answers and that the leader has not got: nobody works on them
 * @param problem why it could not be told or renewed who leads; empty when it could
 */
public record LeaderView(
        String instance, String host, String group, boolean leads, Leader leader, List<String> notLed, String problem) {
    /** Copies the list. */
    public LeaderView {
        notLed = List.copyOf(notLed);
    }

    /** Returns the same with other namespaces that are not led. */
    public LeaderView withNotLed(List<String> namespaces) {
        return new LeaderView(instance, host, group, leads, leader, namespaces, problem);
    }

    /**
     * An instance that leads.
     *
     * @param instance its id
     * @param host where it runs
     * @param address where it is asked; empty when its configuration does not say
     * @param term how often another one has begun to lead
     * @param renewedAt when it has said last that it leads, by its own clock
     */
    public record Leader(String instance, String host, String address, long term, Instant renewedAt) {}
}
