package dev.tidemark.coordinator.service.notification;

import dev.tidemark.coordinator.service.problem.Redaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One event, and what there is to say about it. Nothing in it looks like a secret.
 *
 * @param event what has happened
 * @param values of all {@link #VARIABLES}, empty where there is nothing to say
 */
public record Notification(NotificationEvent event, Map<String, String> values) {
    /** What a template can name; docs/monitoring.rst says what each means. */
    public static final List<String> VARIABLES = List.of(
            "event",
            "title",
            "namespace",
            "state",
            "previousState",
            "message",
            "hint",
            "type",
            "order",
            "operation",
            "by",
            "time",
            "service");

    /**
     * Fills in what is missing.
     *
     * @throws IllegalArgumentException when a value has a name that is none of the variables
     */
    public Notification {
        if (!VARIABLES.containsAll(values.keySet())) {
            throw new IllegalArgumentException("values: " + values.keySet() + " (expected: some of " + VARIABLES + ")");
        }
        Map<String, String> all = new TreeMap<>();
        VARIABLES.forEach(variable -> all.put(variable, ""));
        values.forEach((name, value) -> all.put(name, Redaction.of(value)));
        all.put("event", event.word());
        values = Map.copyOf(all);
    }

    /**
     * Creates a notification.
     *
     * @param time when it happened
     * @param service names the process that tells it
     * @param title one line
     * @param values further ones
     */
    static Notification of(
            NotificationEvent event, Instant time, String service, String title, Map<String, String> values) {
        Map<String, String> all = new TreeMap<>(values);
        all.put("time", time.toString());
        all.put("service", service);
        all.put("title", title);
        return new Notification(event, all);
    }
}
