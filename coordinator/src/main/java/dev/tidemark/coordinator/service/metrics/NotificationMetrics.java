package dev.tidemark.coordinator.service.metrics;

import dev.tidemark.coordinator.service.notification.Outbox;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;

/** What becomes of notifications, by channel. */
final class NotificationMetrics {
    private static final String CHANNEL = "channel";

    private NotificationMetrics() {}

    static void register(List<Outbox> outboxes, PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("tidemark_notifications")
                .help("Notifications that were delivered, have failed for good, or were dropped from a full queue.")
                .labelNames(CHANNEL, "outcome")
                .callback(callback -> outboxes.forEach(outbox -> outbox.counts()
                        .forEach((outcome, count) -> callback.call(
                                count, outbox.name(), outcome.name().toLowerCase(Locale.ROOT)))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("tidemark_notifications_waiting")
                .help("Notifications that wait to be delivered.")
                .labelNames(CHANNEL)
                .callback(callback -> outboxes.forEach(outbox -> callback.call(outbox.waiting(), outbox.name())))
                .register(registry);
    }
}
