package dev.tidemark.coordinator.service.notification.channels;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.access.outbound.HostResolver;
import dev.tidemark.coordinator.service.access.outbound.OutboundAddresses;
import dev.tidemark.coordinator.service.notification.Notification;
import dev.tidemark.coordinator.service.notification.Outbox;
import dev.tidemark.coordinator.service.notification.mail.MailChannel;
import dev.tidemark.coordinator.service.notification.webhook.WebhookChannel;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The configured channels; takes a notification for all of them. Thread-safe. */
public final class Notifications implements Consumer<Notification>, AutoCloseable {
    private final List<Outbox> outboxes;

    private Notifications(List<Outbox> outboxes) {
        this.outboxes = List.copyOf(outboxes);
    }

    /**
     * Creates the channels; delivers nothing before {@link #start}.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when a template can't be used
     */
    public static Notifications create(
            NotificationsConfiguration configuration, HostResolver resolver, EngineSeams seams) {
        OutboundAddresses addresses = new OutboundAddresses(configuration.allowAddresses(), resolver);
        List<Outbox> outboxes = new ArrayList<>();
        new TreeMap<>(configuration.webhooks())
                .forEach((name, webhook) -> outboxes.add(new Outbox(
                        name, WebhookChannel.create(webhook, addresses), webhook.events(), webhook.delivery(), seams)));
        new TreeMap<>(configuration.mails())
                .forEach((name, mail) -> outboxes.add(
                        new Outbox(name, MailChannel.create(mail), mail.events(), mail.delivery(), seams)));
        return new Notifications(outboxes);
    }

    /** Begins to deliver. */
    public void start() {
        outboxes.forEach(Outbox::start);
    }

    /** Returns what waits, by channel. */
    public List<Outbox> outboxes() {
        return outboxes;
    }

    /** Never waits. */
    @Override
    public void accept(Notification notification) {
        outboxes.forEach(outbox -> outbox.offer(notification));
    }

    @Override
    public void close() {
        outboxes.forEach(Outbox::close);
    }
}
