package dev.tidemark.coordinator.service.notification.mail;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.tidemark.coordinator.service.notification.DeliverySettings;
import dev.tidemark.coordinator.service.notification.NotificationEvent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Receivers of e-mail. The password is not printed.
 *
 * @param host name of the mail server
 * @param port its port; 587 by default, 465 with {@code tls}, 25 with {@code none}
 * @param security how the connection is secured; {@code starttls} by default
 * @param user whom to log in as; null for nobody
 * @param password with which; null without a user
 * @param from address of the sender
 * @param to addresses of the receivers, 1 to 50
 * @param template file whose first line is the subject and whose others are the text; null for the usual one
 * @param events what is told; {@link NotificationEvent#DEFAULT} by default
 * @param delivery how hard it is tried
 */
public record MailConfiguration(
        String host,
        Integer port,
        Security security,
        String user,
        String password,
        String from,
        List<String> to,
        Path template,
        Set<NotificationEvent> events,
        DeliverySettings delivery) {
    private static final int MAX_RECEIVERS = 50;

    /**
     * Applies the defaults and checks the values.
     *
     * @throws IllegalArgumentException when a value is missing or is not acceptable
     */
    public MailConfiguration {
        security = security == null ? Security.STARTTLS : security;
        port = port == null ? Integer.valueOf(security.port) : port;
        to = to == null ? List.of() : List.copyOf(to);
        events = events == null ? NotificationEvent.DEFAULT : Set.copyOf(events);
        delivery = delivery == null ? DeliverySettings.DEFAULT : delivery;
        if (host == null || host.isBlank()) {
            throw new IllegalArgumentException("'host' is missing (expected: the name of a mail server)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'port' is " + port + " (expected: 1 to 65535)");
        }
        if ((user == null) != (password == null)) {
            throw new IllegalArgumentException("'user' and 'password' belong together (expected: both or none)");
        }
        if (user != null && security == Security.NONE) {
            throw new IllegalArgumentException(
                    "a password would be sent in clear (expected: 'security' starttls or tls, or no 'user')");
        }
        requireAddress("from", from);
        if (to.isEmpty() || to.size() > MAX_RECEIVERS) {
            throw new IllegalArgumentException(
                    "'to' has " + to.size() + " addresses (expected: 1 to " + MAX_RECEIVERS + ")");
        }
        to.forEach(receiver -> requireAddress("to", receiver));
    }

    private static void requireAddress(String key, String value) {
        if (value == null || !value.matches("[^\\s@<>,;:\"\\p{Cntrl}]+@[^\\s@<>,;:\"\\p{Cntrl}]+")) {
            throw new IllegalArgumentException(
                    "'" + key + "' is '" + value + "' (expected: an address as ops@example.com)");
        }
    }

    @Override
    public String toString() {
        return "MailConfiguration[" + host + ":" + port + ", " + security + "]";
    }

    /** How the connection to the mail server is secured. */
    public enum Security {
        /** Not at all: for a server on the same machine. */
        NONE(25),
        /** TLS from the command STARTTLS on; a server that does not offer it is told nothing. */
        STARTTLS(587),
        /** TLS from the beginning. */
        TLS(465);

        private final int port;

        Security(int port) {
            this.port = port;
        }

        @JsonCreator
        static Security parse(String word) {
            return Arrays.stream(values())
                    .filter(security -> security.name().toLowerCase(Locale.ROOT).equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "'security' is '" + word + "' (expected: none, starttls or tls)"));
        }
    }
}
