package dev.tidemark.coordinator.service.notification.channels;

import dev.tidemark.coordinator.service.access.outbound.HostResolver;
import dev.tidemark.coordinator.service.access.outbound.OutboundAddresses;
import dev.tidemark.coordinator.service.notification.mail.MailConfiguration;
import dev.tidemark.coordinator.service.notification.webhook.WebhookConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The section {@code notifications} of a service's configuration.
 *
 * @param remindEvery pause between two notifications about a state that stays bad, 1 min to 30 days; P1D by default
 * @param allowAddresses addresses, or ranges such as {@code 127.0.0.0/8}, that webhooks may call although they are usually refused
 * @param webhooks by name; none by default
 * @param mails by name; none by default
 */
public record NotificationsConfiguration(
        Duration remindEvery,
        List<String> allowAddresses,
        Map<String, WebhookConfiguration> webhooks,
        Map<String, MailConfiguration> mails) {
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final int MAX_CHANNELS = 50;

    /** What applies when the section is left out: nobody is told anything. */
    public static final NotificationsConfiguration NONE = new NotificationsConfiguration(null, null, null, null);

    /**
     * Applies the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is not acceptable
     */
    public NotificationsConfiguration {
        remindEvery = remindEvery == null ? Duration.ofDays(1) : remindEvery;
        allowAddresses = allowAddresses == null ? List.of() : List.copyOf(allowAddresses);
        webhooks = webhooks == null ? Map.of() : Map.copyOf(webhooks);
        mails = mails == null ? Map.of() : Map.copyOf(mails);
        if (remindEvery.compareTo(SHORTEST) < 0 || remindEvery.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "'remindEvery' is " + remindEvery + " (expected: " + SHORTEST + " to " + LONGEST + ")");
        }
        Set<String> names = new TreeSet<>(webhooks.keySet());
        names.addAll(mails.keySet());
        if (names.size() < webhooks.size() + mails.size()) {
            throw new IllegalArgumentException("a webhook and a mail have the same name (expected: each name once)");
        }
        if (names.size() > MAX_CHANNELS) {
            throw new IllegalArgumentException(names.size() + " channels (expected: at most " + MAX_CHANNELS + ")");
        }
        for (String name : names) {
            if (!name.matches("[A-Za-z0-9_-]{1,50}")) {
                throw new IllegalArgumentException(
                        "channel '" + name + "' has a name that is not allowed (expected: 1 to 50 of A-Z a-z 0-9 _ -)");
            }
        }
        new OutboundAddresses(allowAddresses, HostResolver.system());
    }
}
